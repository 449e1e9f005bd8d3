"""A chain and its anchors: any single change, deletion, insertion or cut is found."""

from hypothesis import given
from hypothesis import strategies as st
from zhinan.rules import chain
from zhinan.rules.chain import Anchor
from zhinan.rules.chain import Fault

import json
import pytest


KEY = b"k" * 32
OTHER = b"o" * 32


def made(number, word="act"):
    """A chain of so many entries and its head."""
    rows, head = {}, ""
    for n in range(1, number + 1):
        said = {"uid": "u", "act": f"{word}{n}", "at": f"2026-11-{n:02}", "who": "张三"}
        rows[n] = chain.make(n, head, said)
        head = chain.digest(rows[n])
    return rows, (number, head)


def kinds(faults):
    """Kind and number of each."""
    return [(fault.kind, fault.n) for fault in faults]


def test_an_entry_reads_as_it_was_written():
    """From and to have other names in Python; what is empty is not written."""
    text = chain.make(
        1, "", {"uid": "u", "act": "moved", "from": "a", "to": "b", "note": ""}
    )
    entry = chain.parse(text)
    assert (entry.n, entry.before, entry.after, entry.note) == (1, "a", "b", "")
    assert b"note" not in text
    for wrong in (b"", b"[]", b"{}", b'{"n":"1"}', b"\xff"):
        with pytest.raises(chain.Garbled):
            chain.values(wrong)
    with pytest.raises(chain.Garbled):
        chain.parse(b'{"n":1,"strange":2}')


def test_a_whole_chain_has_no_fault():
    """Also an empty one."""
    rows, head = made(9)
    assert chain.check("u", rows, head, {3: chain.digest(rows[3])}) == []
    assert chain.check("u", {}, (0, "")) == []


@pytest.mark.parametrize("number", range(1, 7))
def test_each_change_is_named_with_its_number(number):
    """Changed where it stands, taken out, taken out with the rest moved up, put in."""
    rows, head = made(6)
    changed = {**rows, number: rows[number].replace("张".encode(), "李".encode())}
    found = chain.check("u", changed, head)
    assert kinds(found) == [(chain.CHANGED, number)]
    assert found[0].at == f"2026-11-{number:02}"
    gone = {n: text for n, text in rows.items() if n != number}
    kind = chain.CUT if number == 6 else chain.MISSING
    assert kinds(chain.check("u", gone, head)) == [(kind, number)]
    closed = dict(enumerate(gone.values(), 1))
    assert kinds(chain.check("u", closed, head)) == [(kind, number)]
    more = list(rows.values())
    more.insert(number, chain.make(number + 1, "", {"act": "forged"}))
    inserted = dict(enumerate(more, 1))
    assert kinds(chain.check("u", inserted, head)) == [(chain.INSERTED, number + 1)]


def test_written_anew_from_one_entry_on():
    """The hashes are right again, so only an anchor tells; and it does."""
    rows, _head = made(8)
    marks = {3: chain.digest(rows[3]), 6: chain.digest(rows[6])}
    forged = dict(rows)
    previous = chain.digest(rows[3])
    for n in range(4, 9):
        said = chain.values(rows[n])
        forged[n] = chain.make(n, previous, {**said, "who": "李四"})
        previous = chain.digest(forged[n])
    assert chain.check("u", forged, (8, previous)) == []
    (fault,) = chain.check("u", forged, (8, previous), marks)
    assert (fault.kind, fault.n, fault.since) == (chain.REWRITTEN, 6, 4)


def test_an_end_that_was_cut_off_shows_against_an_anchor():
    """Head and rows agree; the anchor knows better."""
    rows, _head = made(8)
    marks = {8: chain.digest(rows[8])}
    short = {n: rows[n] for n in range(1, 6)}
    head = (5, chain.digest(rows[5]))
    assert chain.check("u", short, head) == []
    (fault,) = chain.check("u", short, head, marks)
    assert (fault.kind, fault.n, fault.since) == (chain.CUT, 8, 6)
    assert kinds(chain.check("u", {}, (0, ""), marks)) == [(chain.CUT, 8)]


chains = st.integers(min_value=1, max_value=12)


@given(chains, st.data())
def test_any_single_change_is_found(number, data):
    """One byte of any entry."""
    rows, head = made(number)
    n = data.draw(st.integers(1, number))
    place = data.draw(st.integers(0, len(rows[n]) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != rows[n][place]))
    text = rows[n][:place] + bytes([byte]) + rows[n][place + 1 :]
    found = chain.check("u", {**rows, n: text}, head)
    assert (chain.CHANGED, n) in kinds(found)


@given(chains, st.data())
def test_any_single_deletion_is_found(number, data):
    """With or without the rest moved up."""
    rows, head = made(number)
    n = data.draw(st.integers(1, number))
    gone = {k: text for k, text in rows.items() if k != n}
    if data.draw(st.booleans()):
        gone = dict(enumerate(gone.values(), 1))
    found = chain.check("u", gone, head)
    assert [fault.n for fault in found] == [n]
    assert found[0].kind in {chain.MISSING, chain.CUT}


@given(chains, st.data())
def test_any_single_insertion_is_found(number, data):
    """A forged entry, a repeated one, one of another chain."""
    rows, head = made(number)
    other, _head = made(number, "other")
    place = data.draw(st.integers(0, number))
    text = data.draw(st.sampled_from([*rows.values(), *other.values(), b"{}"]))
    more = list(rows.values())
    more.insert(place, text)
    found = chain.check("u", dict(enumerate(more, 1)), head)
    assert any(fault.kind == chain.INSERTED for fault in found)


@given(chains, chains, st.data())
def test_any_truncation_behind_an_anchor_is_found(number, more, data):
    """Down to any length below what an anchor saw, the store's head moved along."""
    rows, _head = made(number + more)
    sealed = data.draw(st.integers(1, number + more))
    left = data.draw(st.integers(0, sealed - 1))
    short = {n: rows[n] for n in range(1, left + 1)}
    head = (left, chain.digest(rows[left]) if left else "")
    found = chain.check("u", short, head, {sealed: chain.digest(rows[sealed])})
    assert kinds(found) == [(chain.CUT, sealed)] and found[0].since == left + 1


@given(chains, st.data())
def test_a_wrong_head_is_found(number, data):
    """Of the number or of the hash."""
    rows, (count, last) = made(number)
    wrong = data.draw(
        st.sampled_from([(count + 1, last), (count - 1, last), (count, "0" * 64)])
    )
    assert chain.check("u", rows, wrong)


# ---------------------------------------------------------------------- anchors


def anchors(number, key=KEY):
    """So many anchors, each of which saw two more entries of one chain."""
    rows, _head = made(number * 2)
    texts, previous = {}, ""
    for n in range(1, number + 1):
        anchor = Anchor(
            n,
            f"2026-11-{n:02}",
            f"2026-11-{n:02}T16:00:00.000000+00:00",
            previous,
            {"u": (n * 2, chain.digest(rows[n * 2]))},
            {"p": (n, "e" * 64)},
            {"2026-11-01 a": n},
        )
        texts[n] = chain.seal(anchor, key)
        previous = chain.digest(texts[n])
    return rows, texts


KEYS = {chain.fingerprint(KEY): KEY}


def test_anchors_fold_to_marks():
    """Each head that any of them named counts."""
    rows, texts = anchors(3)
    marks = chain.fold(texts, KEYS)
    assert marks.faults == [] and marks.head == (3, chain.digest(texts[3]))
    assert marks.heads == {"u": {n: chain.digest(rows[n]) for n in (2, 4, 6)}}
    assert marks.journal == {"2026-11-01 a": 3}
    assert chain.fold({}, {}).head == (0, "")


def test_an_anchor_that_was_tampered_with():
    """Changed, taken out, made with another key, or moved."""
    _rows, texts = anchors(4)
    changed = json.loads(texts[2])
    changed["heads"]["u"][0] = 3
    text = json.dumps(changed, sort_keys=True, separators=(",", ":")).encode()
    found = chain.fold({**texts, 2: text}, KEYS).faults
    assert kinds(found) == [(chain.BROKEN_SEAL, 2), (chain.CHANGED, 2)]
    gone = {n: text for n, text in texts.items() if n != 2}
    assert kinds(chain.fold(gone, KEYS).faults) == [(chain.MISSING, 2)]
    _rows, forged = anchors(4, OTHER)
    found = chain.fold({**texts, 3: forged[3]}, KEYS).faults
    assert (chain.NO_KEY, 3) in kinds(found) and (chain.CHANGED, 3) in kinds(found)
    found = chain.fold({**texts, 2: texts[3]}, KEYS).faults
    assert (chain.INSERTED, 2) in kinds(found)
    assert chain.fold({1: b"nothing"}, KEYS).faults == [
        Fault(chain.CHANGED, chain.ANCHORS, 1)
    ]


@given(st.data())
def test_any_changed_byte_of_an_anchor_is_found(data):
    """The seal is over the whole text."""
    _rows, texts = anchors(2)
    place = data.draw(st.integers(0, len(texts[2]) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != texts[2][place]))
    text = texts[2][:place] + bytes([byte]) + texts[2][place + 1 :]
    assert chain.fold({**texts, 2: text}, KEYS).faults


def test_a_keyed_digest_tells_equal_from_different_and_no_more():
    """Another field, object or key: another digest."""
    first = chain.keyed(KEY, "u", "phone", b"1")
    assert first == chain.keyed(KEY, "u", "phone", b"1") and len(first) == 20
    others = {
        chain.keyed(OTHER, "u", "phone", b"1"),
        chain.keyed(KEY, "v", "phone", b"1"),
        chain.keyed(KEY, "u", "phones", b"1"),
        chain.keyed(KEY, "u", "phone", b"2"),
    }
    assert first not in others and len(others) == 4
    assert chain.fingerprint(KEY) != chain.fingerprint(OTHER)
    assert chain.subkey(KEY, "a") != chain.subkey(KEY, "b")
