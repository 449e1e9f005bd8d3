"""The plan of a hand-over: what moves, what stays, and the way back."""

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from zhinan.rules import handover as rules
from zhinan.rules.handover import Change
from zhinan.rules.handover import Department
from zhinan.rules.handover import Membership
from zhinan.rules.handover import Plan
from zhinan.rules.handover import Step
from zhinan.rules.handover import Thing
from zhinan.rules.handover import Wish

import pytest


JIA = Department("jia", "某市甲局", "甲局", "11620200MB1234567A")
YI = Department("yi", "某市乙局", "乙局", "11620200MB7654321B")
BING = Department("bing", "某市丙局", "丙局", "11620200MB0000000C", "withdrawn")
CITY = {d.code: d for d in (JIA, YI, BING)}
CREDIT = "11620200013879034N"
MERGE = Wish("merge", ("jia",), "yi")
NEW = Wish("merge", ("jia", "yi"), "ding", "某市丁局", "丁局", CREDIT, True)
RENAME = Wish("rename", ("jia",), "jia2", "某市新甲局", "新甲局")


def ids(wish, aliases=None):
    """Ids of what is wrong with a wish."""
    return [problem.id for problem in rules.problems(wish, CITY, aliases)]


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (MERGE, []),
        (NEW, []),
        (RENAME, []),
        (Wish("rename", ("jia",), "jia", "某市新甲局", "新甲局"), []),
        (Wish("split", ("jia",), "yi", selected=("u1",)), []),
        (Wish("drop", ("jia",), "yi"), ["handover_kind"]),
        (Wish("merge", (), "yi"), ["handover_no_source"]),
        (Wish("merge", ("jia", "jia"), "yi"), ["handover_twice"]),
        (Wish("merge", ("wu",), "yi"), ["handover_unknown"]),
        (Wish("merge", ("jia",), "wu"), ["handover_unknown"]),
        (Wish("merge", ("jia",), ""), ["handover_no_target"]),
        (Wish("merge", ("jia",), "jia"), ["handover_itself"]),
        (Wish("merge", ("jia", "yi"), "yi"), ["handover_itself"]),
        (Wish("merge", ("jia",), "bing"), ["handover_withdrawn"]),
        (
            Wish("split", ("jia", "bing"), "yi", selected=("u",)),
            ["handover_one_source"],
        ),
        (Wish("split", ("jia",), "yi"), ["handover_nothing"]),
        (Wish("merge", ("jia",), "yi", follow=("roof",)), ["handover_follow"]),
        (
            Wish("merge", ("jia",), "yi", "丁局", "丁局", CREDIT, True),
            ["department_code_taken"],
        ),
        (
            Wish("merge", ("jia",), "Ding!", "丁局", "丁局", CREDIT, True),
            ["department_code_form"],
        ),
        (
            Wish("merge", ("jia",), "ding", "", " ", "", True),
            [
                "handover_name_missing",
                "handover_name_missing",
                "handover_credit_missing",
            ],
        ),
        (
            Wish(
                "merge",
                ("jia",),
                "ding",
                "丁局",
                "丁局",
                CREDIT[:-1] + ("0" if CREDIT[-1] != "0" else "1"),
                True,
            ),
            ["uscc_check"],
        ),
        (Wish("rename", ("jia",), "yi", "甲", "甲"), ["department_code_taken"]),
        (Wish("rename", ("jia",), "jia", "某市甲局", "甲局"), ["handover_same"]),
        (Wish("rename", ("jia",), "", "甲", "甲"), ["handover_no_code"]),
    ],
)
def test_what_cannot_be_done_is_refused(wish, expected):
    assert ids(wish) == expected


@pytest.mark.parametrize(
    ("wish", "aliases", "expected"),
    [
        # Its code is a word of the past, whoever asks for it.
        (Wish("merge", ("old",), "yi"), {"old": "jia"}, ["handover_gone"]),
        (Wish("merge", ("yi",), "old"), {"old": "jia"}, ["handover_gone"]),
        (Wish("merge", ("jia",), "old"), {"old": "jia"}, ["handover_circular"]),
        (
            Wish("merge", ("jia",), "older"),
            {"older": "old", "old": "jia"},
            ["handover_circular"],
        ),
        (
            Wish("rename", ("jia",), "old", "甲", "甲"),
            {"old": "yi"},
            ["department_code_taken"],
        ),
        (
            Wish("merge", ("jia",), "old", "丁", "丁", CREDIT, True),
            {"old": "yi"},
            ["department_code_taken"],
        ),
    ],
)
def test_old_codes_are_never_used_again(wish, aliases, expected):
    assert ids(wish, aliases) == expected


def test_a_circle_of_old_codes_comes_to_an_end():
    assert rules.resolve("a", {"a": "b", "b": "a"}) in {"a", "b"}
    assert rules.resolve("a", {"a": "b", "b": "c"}) == "c"


# ------------------------------------------------------------------------ things


def guide(**values):
    """A guide of the first department."""
    fields = {
        "department": "jia",
        "co_departments": ["yi", "bing"],
        "accepting_body": "某市甲局",
        "deciding_body": "某市人民政府",
        "entrusted_body": None,
        "flow": [{"step": "受理", "department": "甲局"}, {"step": "送达"}],
        "remedies": [{"body": "某市甲局"}],
        "implementation_code": "11620200MB1234567A2620199001000",
        "handling_code": None,
    }
    parts = {"m1": {"issuing_body": "甲局"}}
    known = {"owner": "jia", "shared": ("yi",), "fields": fields, "parts": parts}
    return Thing("u1", "MatterGuide", "事项", "published", **{**known, **values})


def after(wish, thing):
    """Fields after the step, by name."""
    step = Plan(wish, CITY).step(thing)
    changes = step.changes if step else ()
    return {
        f"{c.of}/{c.field}" if c.of else c.field: (c.before, c.after) for c in changes
    }


def test_rights_and_the_public_body_follow_by_themselves():
    assert after(MERGE, guide()) == {
        "owner_department": ("jia", "yi"),
        "co_owners": (["yi"], []),
        "department": ("jia", "yi"),
        "co_departments": (["yi", "bing"], ["bing"]),
    }


def test_names_follow_where_they_were_chosen():
    wish = Wish("merge", ("jia",), "yi", follow=tuple(rules.FOLLOW))
    found = after(wish, guide())
    assert found["accepting_body"] == ("某市甲局", "某市乙局")
    assert found["flow"][1] == [
        {"step": "受理", "department": "乙局"},
        {"step": "送达"},
    ]
    assert found["remedies"][1] == [{"body": "某市乙局"}]
    assert found["m1/issuing_body"] == ("甲局", "乙局")
    assert found["implementation_code"][1] == "11620200MB7654321B2620199001000"
    assert "deciding_body" not in found


def test_what_still_names_the_old_one_is_told():
    assert Plan(MERGE, CITY).left(guide()) == [
        "accepting_body",
        "flow",
        "remedies",
        "implementation_code",
        "m1/issuing_body",
    ]
    everything = Wish("merge", ("jia",), "yi", follow=tuple(rules.FOLLOW))
    assert Plan(everything, CITY).left(guide()) == []


def test_a_new_name_alone_touches_no_code():
    wish = Wish("rename", ("jia",), "jia", "某市新甲局", "新甲局", follow=("bodies",))
    assert after(wish, guide()) == {"accepting_body": ("某市甲局", "某市新甲局")}


def test_a_new_code_is_everywhere():
    found = after(RENAME, guide(owner="yi", shared=("jia",)))
    assert found["department"] == ("jia", "jia2")
    assert found["co_owners"] == (["jia"], ["jia2"])


def test_a_split_takes_what_was_chosen_and_leaves_the_rest():
    wish = Wish("split", ("jia",), "yi", follow=(), selected=("u1",))
    assert after(wish, guide()) == {
        "owner_department": ("jia", "yi"),
        "co_owners": (["yi"], []),
    }
    other = Wish("split", ("jia",), "yi", selected=("u2",))
    assert after(other, guide()) == {}


def test_enquiries_follow_their_matter():
    enquiry = Thing(
        "e1", "Enquiry", "咨询", fields={"department": "jia"}, matter="事项"
    )
    wish = Wish("split", ("jia",), "yi", selected=("u1",))
    assert Plan(wish, CITY).step(enquiry) is None
    assert Plan(wish, CITY, frozenset({"事项"})).step(enquiry).changes == (
        Change("department", "jia", "yi"),
    )
    assert after(MERGE, enquiry) == {"department": ("jia", "yi")}


# ------------------------------------------------------------------------ people


def member(person, department, function):
    """A person's function."""
    return Membership(person, person, department, function)


def told(steps):
    """Steps of people in short."""
    return [
        (step.kind.partition(".")[2], step.key, c.after or c.before)
        for step in steps
        for c in step.changes
    ]


def test_people_keep_their_functions_in_a_merger():
    people = [member("a", "jia", "editor"), member("a", "yi", "editor")]
    assert told(rules.people_steps(MERGE, people)) == [("leave", "a", "jia:editor")]
    people = [member("b", "jia", "head"), member("b", "bing", "head")]
    wish = Wish("merge", ("jia", "bing"), "yi")
    assert told(rules.people_steps(wish, people)) == [
        ("join", "b", "yi:head"),
        ("leave", "b", "jia:head"),
        ("leave", "b", "bing:head"),
    ]


def test_nobody_gets_rights_by_a_split_unless_chosen():
    wish = Wish("split", ("jia",), "yi", selected=("u1",))
    people = [member("a", "jia", "editor")]
    assert rules.people_steps(wish, people) == []
    both = rules.people_steps(wish, people, {"a:jia:editor": "both"})
    assert told(both) == [("join", "a", "yi:editor")]
    # A way that a split does not know is the usual one.
    assert rules.people_steps(wish, people, {"a:jia:editor": "leave"}) == []


def test_who_would_lose_everything_is_told():
    people = [member("a", "jia", "editor"), member("b", "jia", "head")]
    elsewhere = [*people, member("b", "", "window")]
    choices = {"a:jia:editor": "leave", "b:jia:head": "leave"}
    steps = rules.people_steps(MERGE, people, choices)
    assert rules.losing(elsewhere, steps) == ["a"]
    assert rules.losing(people, rules.people_steps(MERGE, people)) == []
    assert rules.lacking("yi", people, steps) == ["editor", "reviewer", "publisher"]


# ------------------------------------------------------------------------ papers


SEAL = Thing(
    "s1",
    "ApprovalSeal",
    "甲章",
    "in_force",
    owner="jia",
    fields={"department": "jia", "seal_number": "S1", "valid_until": None},
)
PAPER = Thing(
    "p1",
    "Authorisation",
    "委托书",
    "in_force",
    owner="jia",
    fields={"department": "jia", "seal_number": "S1", "revoked_on": None},
)


def test_papers_in_force_are_decided_one_by_one():
    papers = rules.in_force(MERGE, [SEAL, PAPER, guide()])
    assert papers == [SEAL, PAPER]
    assert [p.id for p in rules.paper_problems(MERGE, papers, {"s1": "end"})] == [
        "handover_paper_open"
    ]
    decided = {"s1": "end", "p1": "take"}
    assert [p.id for p in rules.paper_problems(MERGE, papers, decided)] == [
        "handover_paper_seal"
    ]
    assert rules.paper_problems(MERGE, papers, {"s1": "take", "p1": "end"}) == []


def test_a_paper_says_what_it_said_until_it_is_decided():
    assert after(MERGE, SEAL) == {"owner_department": ("jia", "yi")}
    steps = rules.paper_steps(MERGE, [SEAL], {"s1": "take"}, "2026-03-01")
    assert steps[0].changes == (Change("department", "jia", "yi"),)
    steps = rules.paper_steps(MERGE, [PAPER], {"p1": "end"}, "2026-03-01")
    assert [(c.field, c.after) for c in steps[0].changes] == [
        ("review_state", "ended"),
        ("revoked_on", "2026-03-01"),
    ]


def test_a_new_code_alone_ends_no_paper():
    assert rules.paper_problems(RENAME, [SEAL], {}) == []
    steps = rules.paper_steps(RENAME, [SEAL], {}, "2026-03-01")
    assert steps[0].changes == (Change("department", "jia", "jia2"),)


# --------------------------------------------------------------- order and back


def kinds(wish):
    """What becomes of the departments."""
    return [
        (s.kind, s.key) for s in rules.ordered(rules.department_steps(Plan(wish, CITY)))
    ]


def test_the_new_one_is_there_before_the_old_one_goes():
    assert kinds(NEW) == [
        ("department.create", "ding"),
        ("groups.drop", "jia"),
        ("groups.drop", "yi"),
        ("department.close", "jia"),
        ("department.close", "yi"),
    ]
    assert kinds(RENAME) == [("department.rename", "jia"), ("groups.drop", "jia")]
    assert kinds(Wish("rename", ("jia",), "jia", "新", "新")) == [
        ("department.rename", "jia")
    ]
    assert kinds(Wish("split", ("jia",), "yi", selected=("u",))) == []


def test_the_way_back_of_a_new_code_takes_its_groups_along():
    steps = rules.ordered(rules.department_steps(Plan(RENAME, CITY)))
    back = [(s.kind, s.key) for s in rules.turned(steps)]
    assert back == [
        ("department.rename", "jia"),
        ("groups.make", "jia"),
        ("groups.drop", "jia2"),
    ]


def test_the_latest_hand_over_is_taken_back_first():
    known = [
        ("1", frozenset({"a", "b"}), ""),
        ("2", frozenset({"b", "c"}), ""),
        ("3", frozenset({"x"}), "4"),
    ]
    assert rules.undo_problem("1", known) == "handover_undo_later"
    assert rules.undo_problem("2", known) == ""
    assert rules.undo_problem("3", known) == "handover_undo_done"
    assert rules.undo_problem("9", known) == "handover_undo_unknown"
    gone = [known[0], ("2", frozenset({"b"}), "5")]
    assert rules.undo_problem("1", gone) == ""


# -------------------------------------------------------------------- properties


CODES = st.sampled_from(sorted(CITY))
NAMES = st.sampled_from([n for d in CITY.values() for n in d.names()] + ["别处", ""])


@st.composite
def things(draw):
    """Any content."""
    uid = draw(st.sampled_from(["u1", "u2", "u3"]))
    return Thing(
        uid,
        draw(
            st.sampled_from(
                ["MatterGuide", "CatalogueEntry", "Enquiry", "PolicyDocument"]
            )
        ),
        "事项",
        draw(st.sampled_from(["draft", "published"])),
        owner=draw(CODES),
        shared=tuple(draw(st.lists(CODES, max_size=3, unique=True))),
        fields={
            "department": draw(CODES),
            "co_departments": draw(st.lists(CODES, max_size=3, unique=True)),
            "accepting_body": draw(NAMES),
            "flow": [{"step": "办", "department": draw(NAMES)}],
        },
        parts={"m": {"issuing_body": draw(NAMES)}},
        matter=draw(st.sampled_from(["", "事项"])),
    )


@st.composite
def wishes(draw):
    """Any wish that can be met."""
    kind = draw(st.sampled_from(rules.KINDS))
    follow = tuple(draw(st.sets(st.sampled_from(sorted(rules.FOLLOW)))))
    if kind == "rename":
        return Wish(
            kind,
            ("jia",),
            draw(st.sampled_from(["jia", "neu"])),
            "新",
            "新",
            follow=follow,
        )
    if draw(st.booleans()):
        sources = ("jia", "bing") if kind == "merge" else ("jia",)
        return Wish(
            kind, sources, "ding", "丁", "丁", CREDIT, True, follow, ("u1", "u2")
        )
    return Wish(kind, ("jia",), "yi", follow=follow, selected=("u1", "u2"))


def values(thing):
    """All fields of a thing by name."""
    found = {
        "owner_department": thing.owner,
        "co_owners": list(thing.shared),
        **thing.fields,
    }
    for part, fields in thing.parts.items():
        found |= {f"{part}/{name}": value for name, value in fields.items()}
    return found


def with_values(thing, found):
    """The thing with other values."""
    fields = {name: found[name] for name in thing.fields}
    parts = {
        part: {name: found[f"{part}/{name}"] for name in inside}
        for part, inside in thing.parts.items()
    }
    return Thing(
        thing.uid,
        thing.type,
        thing.title,
        thing.state,
        thing.code,
        found["owner_department"],
        tuple(found["co_owners"]),
        fields,
        parts,
        matter=thing.matter,
    )


@settings(max_examples=300)
@given(wishes(), things())
def test_a_step_is_done_once(wish, thing):
    """Done, it is known as done; planned anew, nothing is left to do."""
    plan = Plan(wish, CITY, frozenset({"事项"}))
    step = plan.step(thing)
    if step is None:
        return
    before = values(thing)
    assert rules.verdict(before, step) == "moved"
    done = rules.apply(before, step)
    assert rules.verdict(done, step) == "already"
    assert rules.apply(done, step) == done
    assert plan.step(with_values(thing, done)) is None


@settings(max_examples=300)
@given(wishes(), things())
def test_the_way_back_leads_back(wish, thing):
    plan = Plan(wish, CITY, frozenset({"事项"}))
    step = plan.step(thing)
    if step is None:
        return
    (back,) = rules.turned([step])
    before = values(thing)
    assert rules.apply(rules.apply(before, step), back) == before


@settings(max_examples=300)
@given(wishes(), things(), st.data())
def test_what_somebody_changed_meanwhile_stays(wish, thing, data):
    step = Plan(wish, CITY, frozenset({"事项"})).step(thing)
    if step is None:
        return
    change = data.draw(st.sampled_from(step.changes))
    name = f"{change.of}/{change.field}" if change.of else change.field
    found = {**values(thing), name: "改过"}
    assert rules.verdict(found, step) == "differs"
    assert rules.apply(found, step)[name] == "改过"


@settings(max_examples=300)
@given(wishes(), things())
def test_no_right_goes_to_anybody_but_the_target(wish, thing):
    """A split gives nothing of a third department away, a merger leaves no old code."""
    step = Plan(wish, CITY, frozenset({"事项"})).step(thing)
    after_ = rules.apply(values(thing), step) if step else values(thing)
    if thing.type == "Enquiry":
        return
    if thing.owner not in wish.sources:
        assert after_["owner_department"] == thing.owner
    elif wish.kind != "split" or thing.uid in wish.selected:
        assert after_["owner_department"] == wish.target
    if wish.kind != "split" and wish.target not in wish.sources:
        assert not set(wish.sources) & {
            after_["owner_department"],
            *after_["co_owners"],
        }
        assert after_["department"] not in wish.sources


@given(st.lists(st.sampled_from(rules.ORDER), max_size=8))
def test_order_is_kept_and_nothing_is_lost(kinds_):
    steps = [
        Step(kind, str(n), "", "", (Change("x", n, n + 1),))
        for n, kind in enumerate(kinds_)
    ]
    found = rules.ordered(steps)
    assert len(found) == len(steps)
    places = [rules.ORDER.index(step.kind) for step in found]
    assert places == sorted(places)
    assert [rules.step_from(step.as_dict()) for step in found] == found


def test_a_wish_survives_as_plain_values():
    assert rules.wish_from(NEW.as_dict()) == NEW
