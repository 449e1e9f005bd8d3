"""Tampering in the database itself is found, and named in words that people know."""

from plone import api
from zhinan.rules import chain as rules
from zhinan.supervision.schedule import ANCHORS
from zhinan.trail import anchors
from zhinan.trail import events
from zhinan.trail import keys
from zhinan.trail import store
from zhinan.trail.acts import settle
from zhinan.trail.verifying import verify
from zope.event import notify
from zope.lifecycleevent import ObjectModifiedEvent

import json
import pytest
import stat


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder for the anchors of one test."""
    monkeypatch.setenv(anchors.ENVIRONMENT, str(tmp_path / "anchors"))
    return tmp_path / "anchors"


@pytest.fixture
def chain(site, guide, place):
    """The chain of a guide with six entries, four of them under an anchor."""
    for number in range(3):
        save(guide, f"第{number}次。")
    seal(site)
    for number in range(3, 5):
        save(guide, f"第{number}次。")
    found = store.peek(site).chain(guide.UID())
    assert found.count == 6
    return found


def save(guide, text):
    """One act."""
    guide.description = text
    notify(ObjectModifiedEvent(guide))
    settle()


def seal(site):
    """An anchor with its file, as a commit leaves it."""
    anchor = anchors.seal(site)
    anchors.export_missing(site)
    return anchor


def faults(site):
    """Kind, chain or title, and number of each."""
    return [(f.fault.kind, f.title, f.fault.n) for f in verify(site).faults]


def test_a_whole_trail_has_no_fault(site, chain):
    """And tells how much was looked at."""
    found = verify(site)
    assert found.fine and found.sentences() == []
    assert found.entries >= 6 and found.anchors == 1 and found.chains >= 1


@pytest.mark.parametrize("number", [1, 3, 6])
def test_a_changed_entry(site, chain, number):
    """Somebody else did it, says the forged entry."""
    text = chain.entries[number].replace(b"test_user_1_", b"test_user_2_")
    chain.entries[number] = text
    assert faults(site) == [("changed", "测试事项", number)]
    (sentence,) = verify(site).sentences()
    assert f"“测试事项”（guides/g1）的第{number}条被改动" in sentence
    assert "202" in sentence


@pytest.mark.parametrize(("number", "kind"), [(2, "missing"), (6, "cut")])
def test_a_missing_entry(site, chain, number, kind):
    """Taken out of the middle or from the end."""
    del chain.entries[number]
    assert faults(site) == [(kind, "测试事项", number)]


def test_an_inserted_entry(site, chain):
    """The rest moved up to make room for it."""
    rows = list(chain.entries.values())
    rows.insert(3, rules.make(4, rules.digest(rows[2]), {"act": "forged"}))
    for number, text in enumerate(rows, 1):
        chain.entries[number] = text
    chain.count = 7
    kinds = {(kind, number) for kind, _title, number in faults(site)}
    assert ("inserted", 4) in kinds


def test_an_end_that_was_cut_off_with_its_head(site, chain):
    """Behind the anchor the journal tells, before it the anchor does too."""
    del chain.entries[6]
    chain.count, chain.head = 5, rules.digest(chain.entries[5])
    assert faults(site) == [("cut", "测试事项", 6)]
    trail = store.peek(site)
    for rows in trail.journal.values():
        for number, row in list(rows.items()):
            if row[1:3] == (chain_uid(site), 6):
                del rows[number]
    # The journal's own end is sealed by the next anchor; this one has only the first.
    assert faults(site) == []
    for number in (5, 4, 3):
        del chain.entries[number]
    chain.count, chain.head = 2, rules.digest(chain.entries[2])
    assert ("cut", "测试事项", 4) in faults(site)


def chain_uid(site):
    """UID of the guide."""
    return site.guides.g1.UID()


def test_a_chain_that_is_gone(site, chain):
    """With all its lines of the journal: the anchor knows it."""
    uid = chain_uid(site)
    trail = store.peek(site)
    del trail.shard(uid)[uid]
    assert {kind for kind, _title, _n in faults(site)} == {"cut"}
    assert any(f.fault.chain == uid for f in verify(site).faults)


def test_written_anew_with_all_hashes(site, chain):
    """Whoever has the database alone cannot make the anchor anew."""
    previous = ""
    for number, text in list(chain.entries.items()):
        said = {**rules.values(text), "who": "test_user_2_"}
        chain.entries[number] = rules.make(number, previous, said)
        previous = rules.digest(chain.entries[number])
    chain.head = previous
    kinds = {kind for kind, _title, _n in faults(site)}
    assert "rewritten" in kinds
    assert any("被重写" in sentence for sentence in verify(site).sentences())


def test_the_journal(site, chain):
    """A line taken out, changed, or put in."""
    trail = store.peek(site)
    uid = chain_uid(site)
    rows, number = next(
        (rows, number)
        for rows in trail.journal.values()
        for number, row in rows.items()
        if row[1:3] == (uid, 5)
    )
    row = rows[number]
    rows[number] = (*row[:4], "test_user_2_", *row[5:])
    assert faults(site) == [("mistold", "测试事项", 5)]
    rows[number] = (row[0], uid, 99, *row[3:])
    assert set(faults(site)) == {("unlisted", "测试事项", 5), ("cut", "测试事项", 99)}
    del rows[number]
    assert ("unlisted", "测试事项", 5) in faults(site)
    assert ("missing", "", number) in faults(site)


def test_an_anchor_that_is_gone_or_changed(site, chain, place):
    """The files know it."""
    seal(site)
    (first, second) = sorted(place.iterdir())
    trail = store.peek(site)
    kept = trail.anchors[2]
    del trail.anchors[2]
    assert faults(site) == [("cut", "", 2)]
    assert "锚的末尾被截断" in verify(site).sentences()[0]
    trail.anchors[2] = kept
    assert faults(site) == []
    text = json.loads(first.read_text("utf-8"))
    assert text["seal"] and text["date"] in first.name
    text["heads"] = {}
    first.write_text(json.dumps(text), encoding="utf-8")
    assert ("changed", "", 1) in faults(site)
    first.write_bytes(b"\xff")
    assert ("changed", "", 1) in faults(site)
    first.unlink()
    # A file that was carried to another place is missed by nobody.
    assert faults(site) == [] and second.exists()
    forged = json.loads(rules.readable(kept.text))
    forged["heads"] = {}
    kept.text = rules.compact(json.dumps(forged))
    assert ("changed", "", 2) in faults(site)
    second.unlink()
    assert ("broken_seal", "", 2) in faults(site)


def test_the_second_stream(site, chain):
    """Its chains are checked and sealed as well."""
    trail = store.peek(site)
    name = events.process().name
    made = trail.events[name] = store.Chain()
    for number in range(4):
        made.append(
            {"act": "refused", "at": f"2026-11-24T0{number}:00:00.000000+00:00"}
        )
    seal(site)
    assert verify(site).events == 4 and faults(site) == []
    del made.entries[2]
    assert faults(site) == [("missing", "", 2)]
    assert "启动）的事件的第2条" in verify(site).sentences()[0]
    del trail.events[name]
    assert faults(site) == [("cut", "", 4)]


def test_an_anchor_names_only_what_changed(site, chain, guide):
    """And follows the one before it."""
    first = anchors.latest(store.peek(site))
    second = seal(site)
    assert second.prev == rules.digest(store.peek(site).anchors[1].text)
    assert second.heads[guide.UID()] == (6, chain.head)
    third = seal(site)
    assert (
        third.heads == {} and third.journal == {} and third.number == first.number + 2
    )
    save(guide, "又一次。")
    assert list(seal(site).heads) == [guide.UID()]
    assert verify(site).fine


def test_once_a_day(site, guide, place, monkeypatch):
    """And a file that could not be written is written later."""
    assert ANCHORS.run(site) and not ANCHORS.run(site)
    (file,) = place.iterdir()
    file.unlink()
    assert not ANCHORS.run(site) and file.exists()
    monkeypatch.setattr("zhinan.trail.moments.today", lambda: "2099-01-01")
    assert ANCHORS.run(site)
    monkeypatch.setenv(anchors.ENVIRONMENT, "/proc/nowhere")
    assert anchors.export_missing(site) == 0


# ---------------------------------------------------------------------------- key


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path, monkeypatch):
    """Two who make it at the same time have the same."""
    file = tmp_path / "var" / "trail.key"
    monkeypatch.setenv(keys.ENVIRONMENT, str(file))
    assert keys.current() is None
    made = keys.of("")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert keys.make().name == made.name == keys.of(made.name).name
    assert [path.name for path in file.parent.iterdir()] == ["trail.key"]
    monkeypatch.delenv(keys.ENVIRONMENT)
    monkeypatch.setenv("ZHINAN_HOME", str(tmp_path))
    assert keys.path() == file


def test_another_key_is_a_sentence_and_no_false_alarm(
    site, chain, tmp_path, monkeypatch
):
    """So is a missing one; and nothing is written without it."""
    name = store.peek(site).key
    file = tmp_path / "other.key"
    monkeypatch.setenv(keys.ENVIRONMENT, str(file))
    found = verify(site)
    assert found.faults == [] and not found.fine
    assert "留痕的密钥不见了" in found.sentences()[0] and name in found.sentences()[0]
    with pytest.raises(keys.KeyTrouble):
        save(site.guides.g1, "没有密钥。")
    assert not file.exists()
    keys.make()
    found = verify(site)
    assert found.faults == [] and "不是本站留痕的密钥" in found.sentences()[0]
    file.write_text("no key", encoding="ascii")
    assert "请把另存的密钥文件放回原处" in verify(site).sentences()[0]


def test_a_lost_key_can_be_replaced(site, chain, tmp_path, monkeypatch):
    """The new one says so, the trail notes it, and old anchors count without seal."""
    name = store.peek(site).key
    monkeypatch.setenv(keys.ENVIRONMENT, str(tmp_path / "new.key"))
    made = keys.make(replaces=name)
    guide = site.guides.g1
    api.content.transition(guide, "submit")
    settle()
    entry = store.entries("site")[-1]
    assert (entry.act, entry.before, entry.after) == ("trail.key", name, made.name)
    found = verify(site)
    assert found.fine and "另一把密钥" in found.remarks[0]
