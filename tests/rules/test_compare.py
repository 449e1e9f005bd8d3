"""Two contents of editions, compared: exactly what differs is named."""

from hypothesis import given
from hypothesis import strategies as st
from zhinan.rules.compare import compare
from zhinan.rules.compare import lines_of
from zhinan.rules.compare import MOST_LINES
from zhinan.rules.compare import text_changes

import copy
import json


IDS = st.sampled_from(["m01", "m02", "m03", "m04"])
TEXTS = st.text(alphabet="甲乙丙 \n", min_size=1, max_size=4).filter(str.strip)
VALUES = st.one_of(
    st.none(),
    TEXTS,
    st.integers(min_value=0, max_value=3),
    st.booleans(),
    st.lists(TEXTS, max_size=2),
    st.lists(st.fixed_dictionaries({"law": TEXTS}), max_size=2),
)
ELEMENTS = st.dictionaries(
    st.sampled_from(["title", "conditions", "legal_basis", "visits"]), VALUES
)
FILES = st.dictionaries(
    st.sampled_from(["blank_form", "filled_sample"]),
    st.fixed_dictionaries(
        {
            "filename": st.sampled_from(["甲.docx", "乙.docx"]),
            "size": st.integers(min_value=1, max_value=2),
            "sha256": st.sampled_from(["a" * 64, "b" * 64]),
            "content_type": st.just("application/pdf"),
            "level": st.sampled_from(["public", "internal"]),
        }
    ),
)


def unique(rows):
    """Parts with an id of their own, in an order."""
    return st.lists(rows, max_size=3, unique_by=lambda row: row["id"])


FORMS = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["v1", "v2", "v3"]),
        "uid": TEXTS,
        "title": TEXTS,
        "version": st.sampled_from(["1", "2"]),
        "in_force_until": st.sampled_from([None, "2026-01-31"]),
        "files": FILES,
    }
)
MATERIALS = st.fixed_dictionaries(
    {"id": IDS, "uid": TEXTS, "elements": ELEMENTS, "forms": unique(FORMS)}
)
CONTENTS = st.fixed_dictionaries(
    {
        "schema": st.just("zhinan.edition/1"),
        "elements": ELEMENTS,
        "materials": unique(MATERIALS),
    }
)


def empty(value):
    """Whether a value says nothing."""
    return value is None or value == "" or value == [] or value == {}


def fields(old, new, path=""):
    """Names whose values differ, told by looking at each of them."""
    found = set()
    for name in {*old, *new}:
        one, two = old.get(name), new.get(name)
        if not (empty(one) and empty(two)) and not (
            one == two and type(one) is type(two)
        ):
            found.add(path + name)
    return found


def order(old, new):
    """Whether what both have stands in another order."""
    one = [row["id"] for row in old]
    two = [row["id"] for row in new]
    common = set(one) & set(two)
    return [i for i in one if i in common] != [i for i in two if i in common]


def expected(old, new):
    """The naive answer, independent of the code."""
    found = fields(old["elements"], new["elements"])
    if order(old["materials"], new["materials"]):
        found.add(".")
    before = {row["id"]: row for row in old["materials"]}
    after = {row["id"]: row for row in new["materials"]}
    nothing = {"elements": {}, "forms": []}
    for key in {*before, *after}:
        if (key in before) != (key in after):
            found.add(key)
        one, two = before.get(key, nothing), after.get(key, nothing)
        found |= fields(one["elements"], two["elements"], f"{key}/")
        if order(one["forms"], two["forms"]):
            found.add(f"{key}/.")
        forms = [{f["id"]: f for f in row["forms"]} for row in (one, two)]
        for id_ in {*forms[0], *forms[1]}:
            path = f"{key}/{id_}"
            if (id_ in forms[0]) != (id_ in forms[1]):
                found.add(path)
            a, b = (group.get(id_, {"files": {}}) for group in forms)
            told = ("title", "version", "in_force_until")
            found |= fields(
                {n: a.get(n) for n in told}, {n: b.get(n) for n in told}, f"{path}/"
            )
            found |= fields(a["files"], b["files"], f"{path}/")
    return found


@given(CONTENTS)
def test_equal_contents_differ_in_nothing(content):
    """Protects: neither JSON, order of keys nor line ends make a difference."""
    again = json.loads(
        json.dumps(content, sort_keys=True, ensure_ascii=False).replace("\\n", "\\r\\n")
    )
    found = compare(content, again)
    assert not found
    assert found.names() == frozenset()


@given(CONTENTS, CONTENTS)
def test_exactly_what_differs_is_named(old, new):
    """Protects: no difference is left out, and none is made up."""
    found = compare(old, new)
    assert found.names() == expected(old, new)
    assert bool(found) == bool(expected(old, new))


@given(CONTENTS, CONTENTS)
def test_both_directions_name_the_same(old, new):
    """Protects: what was added is what is removed the other way round."""
    there, back = compare(old, new), compare(new, old)
    assert there.names() == back.names()
    kinds = {"added": "removed", "removed": "added", "altered": "altered"}
    assert {m.id: m.kind for m in there.materials} == {
        m.id: kinds[m.kind] for m in back.materials
    }


@given(CONTENTS, st.data())
def test_one_change_is_named_alone(content, data):
    """Protects: changing one element of one material names that and nothing else."""
    if not content["materials"]:
        content["materials"] = [{"id": "m01", "elements": {}, "forms": []}]
    number = data.draw(st.integers(0, len(content["materials"]) - 1))
    changed = copy.deepcopy(content)
    changed["materials"][number]["elements"]["basis"] = "新的依据"
    key = content["materials"][number]["id"]
    assert compare(content, changed).names() == {f"{key}/basis"}


def test_a_new_uid_is_no_difference():
    """Protects: a material made anew under its id is the same for its readers."""
    old = {"materials": [{"id": "m01", "uid": "1", "elements": {"title": "表"}}]}
    new = {"materials": [{"id": "m01", "uid": "2", "elements": {"title": "表"}}]}
    assert not compare(old, new)


def test_files_by_their_lines():
    """Protects: lines that only one file has are told; layout is not."""
    old = lines_of("申请人姓名\n\n电话\t号码\n地址")
    new = lines_of("申请人姓名\n电话 号码\n  邮箱 \n地址")
    assert [(row.kind, row.text) for row in text_changes(old, new)] == [
        ("added", "邮箱")
    ]
    assert text_changes(old, list(old)) == []


@given(st.lists(TEXTS, max_size=6), st.lists(TEXTS, max_size=6))
def test_lines_lead_from_one_to_the_other(old, new):
    """Protects: as many lines more and less as the files differ in."""
    one, two = lines_of("\n".join(old)), lines_of("\n".join(new))
    rows = text_changes(one, two)
    more = sorted(row.text for row in rows if row.kind == "added")
    less = sorted(row.text for row in rows if row.kind == "removed")
    assert sorted(one + more) == sorted(two + less)


def test_very_long_files_are_not_compared():
    """Protects: a request is not kept busy by two huge files."""
    assert text_changes(["甲"] * (MOST_LINES + 1), ["乙"]) is None
