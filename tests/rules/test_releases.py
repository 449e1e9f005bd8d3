"""A release has one text, a chain cannot be changed unnoticed, changes add up."""

from hypothesis import given
from hypothesis import strategies as st
from zhinan.rules import releases
from zhinan.rules.releases import Head

import json
import pytest


ONE = {
    "catalog_code": "620102001000",
    "department": "fgw",
    "title": "企业投资项目核准",
    "matter_type": "01",
    "promised_limit": 10,
    "promised_unit": "workday",
}
TWO = {**ONE, "catalog_code": "620102002000", "title": "节能审查"}


def chain(*lists):
    """Releases of these lists, each following the one before."""
    texts, previous = [], ""
    for number, entries in enumerate(lists, 1):
        head = Head(number, f"第{number}版", f"2026-09-0{number}", previous=previous)
        texts.append(releases.write(head, entries))
        previous = releases.digest(texts[-1])
    return texts


def test_a_release_has_one_text():
    """The order of entries and keys does not matter."""
    turned = dict(reversed(ONE.items()))
    assert chain([ONE, TWO]) == chain([TWO, turned])
    head, entries = releases.read(chain([TWO, ONE])[0])
    assert (head.number, [e["title"] for e in entries]) == (
        1,
        [ONE["title"], "节能审查"],
    )


def test_empty_elements_are_left_out():
    """What is not filled in says nothing; an answer of no does."""
    found = releases.frozen({**ONE, "remarks": "", "in_hall": False}, "abc")
    assert (
        "remarks" not in found and found["in_hall"] is False and found["uid"] == "abc"
    )
    assert "promised_limit" in releases.frozen({"promised_limit": 0})


def test_the_chain_holds():
    """From the first release on, each names the hash of the one before."""
    heads = releases.verify(chain([ONE], [ONE, TWO], [TWO]))
    assert [head.number for head in heads] == [1, 2, 3]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda texts: texts[1:],
        lambda texts: [texts[0], texts[2]],
        lambda texts: [texts[0].replace("核准", "备案"), *texts[1:]],
        lambda texts: [
            texts[0],
            texts[1].replace("2026-09-02", "2026-08-02"),
            texts[2],
        ],
        lambda texts: [texts[0] + " ", *texts[1:]],
        lambda texts: ["[]"],
        lambda texts: ["no json"],
        lambda texts: [json.dumps({"schema": "x", "entries": []})],
    ],
)
def test_a_broken_chain_is_found(spoil):
    """A release that is missing, changed, or not in its form."""
    with pytest.raises(releases.Broken):
        releases.verify(spoil(chain([ONE], [ONE, TWO], [TWO])))


@pytest.mark.parametrize(
    ("after", "names"),
    [
        ({**ONE, "title": "项目核准"}, {"title"}),
        ({**ONE, "department": "zjj"}, {"department"}),
        ({**ONE, "promised_unit": "day"}, {"promised_limit"}),
        ({**ONE, "promised_limit": 5, "in_hall": True}, {"promised_limit", "in_hall"}),
        ({**ONE, "uid": "a"}, set()),
    ],
)
def test_a_changed_entry_is_found_again(after, names):
    """By code and department, then by who it is, then by code alone."""
    found = releases.changes([ONE, TWO], [TWO, after])
    assert not found.added and not found.removed
    assert {f.name for c in found.changed for f in c.fields} == names
    assert found.nothing == (not names)


def test_an_entry_with_a_new_code_is_the_same_entry():
    """Its UID tells."""
    old, new = {**ONE, "uid": "a"}, {**ONE, "uid": "a", "catalog_code": "620102009000"}
    (change,) = releases.changes([old], [new]).changed
    assert [field.name for field in change.fields] == ["catalog_code"]


def test_one_matter_of_two_departments():
    """The department tells them apart."""
    other = {**ONE, "department": "zjj"}
    found = releases.changes([ONE], [ONE, other])
    assert found.added == (other,) and found.unchanged == 1


codes = st.sampled_from([f"62010200{n}000" for n in range(6)])
entry = st.fixed_dictionaries(
    {
        "catalog_code": codes,
        "department": st.sampled_from(["fgw", "zjj"]),
        "title": st.sampled_from("甲乙丙"),
    },
    optional={"promised_limit": st.integers(0, 3), "uid": st.sampled_from("abc")},
)
entries = st.lists(entry, max_size=8)


@given(entries, entries)
def test_changes_add_up(old, new):
    """Every entry of either list is told exactly once."""
    found = releases.changes(old, new)
    both = len(found.changed) + found.unchanged
    assert both + len(found.removed) == len(old)
    assert both + len(found.added) == len(new)
    assert releases.changes(new, new).nothing


@given(entries)
def test_what_is_written_is_read(rows):
    """Text and entries are the same thing."""
    text = releases.write(Head(1, "版", "2026-09-01"), rows)
    head, found = releases.read(text)
    assert releases.write(head, found) == text
    assert releases.fingerprint(found) == releases.fingerprint(rows)
