"""Hand-over (机构改革): what merging, splitting or renaming departments changes.

Everything is decided here from plain values: which things move, which of their fields
follow, what becomes of people and of papers. The result is a list of steps, each with
what was before and what is after, so that a step that was done already is recognised,
one that no longer fits is left alone, and all of them can be turned around.
"""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import field
from hashlib import sha256
from typing import Any
from zhinan.rules.codes import credit_code_problems
from zhinan.rules.codes import Problem

import json
import re


MERGE, SPLIT, RENAME, UNDO = "merge", "split", "rename", "undo"
KINDS = (MERGE, SPLIT, RENAME)

#: What people choose to follow, and the elements of it. Codes of departments stand in
#: the first two, names in the others; the last holds codes that begin with the credit
#: code of the department.
FOLLOW: Mapping[str, tuple[str, ...]] = {
    "department": ("department",),
    "co_departments": ("co_departments",),
    "bodies": ("accepting_body", "deciding_body", "entrusted_body"),
    "flow": ("flow.department",),
    "remedies": ("remedies.body",),
    "issuing": ("issuing_body",),
    "codes": ("implementation_code", "handling_code"),
}
#: The rights always follow, and what the public reads as the body in charge.
USUAL = frozenset({"department", "co_departments"})
#: A code that stands for no department any more cannot be left anywhere.
FORCED = {MERGE: USUAL, RENAME: USUAL, SPLIT: frozenset[str]()}

#: Where a person goes: with the function, with it and staying, staying, out of it.
GO, BOTH, STAY, LEAVE = "go", "both", "stay", "leave"
WAYS = {MERGE: (GO, LEAVE), RENAME: (GO,), SPLIT: (STAY, GO, BOTH)}
#: What becomes of a seal or an authorisation that is in force.
END, TAKE = "end", "take"
#: States in which a paper has force, and in which it waits for it.
IN_FORCE = "in_force"
PAPERS = frozenset({"ApprovalSeal", "Authorisation"})
ENQUIRY = "Enquiry"
DEPARTMENT = "Department"

#: Steps in the order in which they are done: the new one is there before anybody
#: loses the old one, so that nobody is locked out in between.
CREATE, CALL, JOIN, MOVE, PAPER, PART, DROP, CLOSE = (
    "department.create",
    "department.rename",
    "person.join",
    "object.move",
    "paper.end",
    "person.leave",
    "groups.drop",
    "department.close",
)
REOPEN, RETIRE, GROUPS, REVIVE = (
    "department.reopen",
    "department.retire",
    "groups.make",
    "paper.revive",
)
ORDER = (
    CREATE,
    REOPEN,
    CALL,
    GROUPS,
    JOIN,
    MOVE,
    PAPER,
    REVIVE,
    PART,
    DROP,
    CLOSE,
    RETIRE,
)
_TURNED = {
    CREATE: RETIRE,
    CALL: CALL,
    JOIN: PART,
    MOVE: MOVE,
    PAPER: REVIVE,
    PART: JOIN,
    DROP: GROUPS,
    CLOSE: REOPEN,
    REOPEN: CLOSE,
    RETIRE: CREATE,
    GROUPS: DROP,
    REVIVE: PAPER,
}
_CODE = re.compile(r"^[a-z][a-z0-9]{1,15}$")
_CREDIT = 18


@dataclass(frozen=True)
class Department:
    """A department as it stands."""

    code: str
    title: str
    short_name: str = ""
    credit_code: str = ""
    state: str = "published"

    def names(self) -> tuple[str, ...]:
        """What it is called."""
        return tuple(filter(None, (self.title, self.short_name)))


@dataclass(frozen=True)
class Wish:
    """What somebody wants to have done."""

    kind: str
    sources: tuple[str, ...] = ()
    #: code of the department that takes over; the same for a new name alone
    target: str = ""
    #: what the target is called, where it is new or called anew
    title: str = ""
    short_name: str = ""
    credit_code: str = ""
    new: bool = False
    follow: tuple[str, ...] = tuple(sorted(USUAL))
    #: UIDs that a split takes along
    selected: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def wish_from(data: Mapping[str, Any]) -> Wish:
    """The wish that was kept as plain values."""
    known = {name: data[name] for name in Wish.__dataclass_fields__ if name in data}
    for name in ("sources", "follow", "selected"):
        if name in known:
            known[name] = tuple(known[name])
    return Wish(**known)


@dataclass(frozen=True)
class Thing:
    """Content with its departments; ``parts`` are what lies inside and changes with it.

    ``fields`` holds the elements that may follow, by name: a code, a list of codes, a
    text or a list of rows.
    """

    uid: str
    type: str
    title: str
    state: str = ""
    code: str = ""
    owner: str = ""
    shared: tuple[str, ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    parts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    #: whether somebody has it open for editing
    locked: bool = False
    #: matter that an enquiry names
    matter: str = ""


@dataclass(frozen=True)
class Change:
    """One field before and after; ``of`` is the id of a part, or empty."""

    field: str
    before: Any
    after: Any
    of: str = ""


@dataclass(frozen=True)
class Step:
    """One thing to do."""

    kind: str
    #: UID, code of a department, or person
    key: str
    title: str
    type: str = ""
    changes: tuple[Change, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def step_from(data: Mapping[str, Any]) -> Step:
    """The step that was kept as plain values."""
    changes = tuple(Change(**change) for change in data["changes"])
    return Step(data["kind"], data["key"], data["title"], data["type"], changes)


@dataclass(frozen=True)
class Membership:
    """A person's function in a department."""

    person: str
    name: str
    department: str
    function: str

    @property
    def key(self) -> str:
        """Names it in a form."""
        return f"{self.person}:{self.department}:{self.function}"


# --------------------------------------------------------------------- the wish


def problems(
    wish: Wish,
    departments: Mapping[str, Department],
    aliases: Mapping[str, str] | None = None,
) -> list[Problem]:
    """Why a wish cannot be met; empty if it can.

    :param aliases: old codes with their successors, which are never used again.
    """
    old = aliases or {}
    found: list[Problem] = []
    if wish.kind not in KINDS:
        return [Problem("kind", "handover_kind")]
    if not wish.sources:
        found.append(Problem("sources", "handover_no_source"))
    elif len(set(wish.sources)) != len(wish.sources):
        found.append(Problem("sources", "handover_twice"))
    elif wish.kind != MERGE and len(wish.sources) != 1:
        found.append(Problem("sources", "handover_one_source"))
    for code in wish.sources:
        if code in old:
            found.append(_about("sources", "handover_gone", code))
        elif code not in departments:
            found.append(_about("sources", "handover_unknown", code))
    found += _target_problems(wish, departments, old)
    if wish.kind == SPLIT and not wish.selected:
        found.append(Problem("selected", "handover_nothing"))
    found += [
        _about("follow", "handover_follow", name)
        for name in wish.follow
        if name not in FOLLOW
    ]
    return found


def _about(field: str, id: str, code: str) -> Problem:
    return Problem(field, id, (("code", code),))


def _target_problems(
    wish: Wish, departments: Mapping[str, Department], old: Mapping[str, str]
) -> list[Problem]:
    code, found = wish.target, list[Problem]()
    if wish.kind == RENAME:
        return _name_problems(wish, departments, old)
    if not code:
        return [Problem("target", "handover_no_target")]
    if wish.new:
        found += _code_problems(code, departments, old)
        found += _names_missing(wish)
        if wish.credit_code:
            found += [
                Problem("credit_code", p.id, p.values)
                for p in credit_code_problems(wish.credit_code)
            ]
        else:
            found.append(Problem("credit_code", "handover_credit_missing"))
        return found
    if code in wish.sources:
        return [_about("target", "handover_itself", code)]
    if code in old:
        successor = resolve(code, old)
        id_ = "handover_circular" if successor in wish.sources else "handover_gone"
        return [_about("target", id_, code)]
    if code not in departments:
        return [_about("target", "handover_unknown", code)]
    if departments[code].state == "withdrawn":
        found.append(_about("target", "handover_withdrawn", code))
    return found


def _names_missing(wish: Wish) -> list[Problem]:
    return [
        Problem(name, "handover_name_missing")
        for name in ("title", "short_name")
        if not getattr(wish, name).strip()
    ]


def _code_problems(
    code: str, departments: Mapping[str, Department], old: Mapping[str, str]
) -> list[Problem]:
    if not _CODE.match(code):
        return [Problem("target", "department_code_form")]
    if code in departments or code in old:
        return [_about("target", "department_code_taken", code)]
    return []


def _name_problems(
    wish: Wish, departments: Mapping[str, Department], old: Mapping[str, str]
) -> list[Problem]:
    found = _names_missing(wish)
    source = departments.get(wish.sources[0]) if wish.sources else None
    if not wish.target:
        found.append(Problem("target", "handover_no_code"))
    elif source is not None and wish.target != source.code:
        found += _code_problems(wish.target, departments, old)
    if source is not None and not found:
        now = (source.code, source.title, source.short_name)
        if now == (wish.target, wish.title, wish.short_name):
            found.append(Problem("title", "handover_same"))
    return found


def resolve(code: str, aliases: Mapping[str, str]) -> str:
    """The department that an old code stands for; the code itself if it is not old."""
    seen: set[str] = set()
    while code in aliases and code not in seen:
        seen.add(code)
        code = aliases[code]
    return code


# ------------------------------------------------------------------- the things


@dataclass(frozen=True)
class Plan:
    """A wish with what has to be known to judge each thing by itself."""

    wish: Wish
    departments: Mapping[str, Department]
    #: titles of the guides that a split takes along: enquiries about them follow
    matters: frozenset[str] = frozenset()

    @property
    def target(self) -> Department:
        """The department as it will be."""
        wish = self.wish
        known = self.departments.get(wish.target)
        if known is not None and not wish.new and wish.kind != RENAME:
            return known
        credit = wish.credit_code
        if wish.kind == RENAME:
            credit = self.departments[wish.sources[0]].credit_code
        return Department(wish.target, wish.title, wish.short_name, credit)

    @property
    def codes(self) -> dict[str, str]:
        """Codes that change, old to new."""
        target = self.wish.target
        return {code: target for code in self.wish.sources if code != target}

    @property
    def names(self) -> dict[str, str]:
        """Names that change, old to new."""
        found: dict[str, str] = {}
        target = self.target
        for code in self.wish.sources:
            old = self.departments[code]
            if old.short_name:
                found[old.short_name] = target.short_name or target.title
            found[old.title] = target.title
        return {old: new for old, new in found.items() if old != new}

    @property
    def credits(self) -> dict[str, str]:
        """Credit codes that change, old to new."""
        new = self.target.credit_code
        return {
            old.credit_code: new
            for old in (self.departments[code] for code in self.wish.sources)
            if len(old.credit_code) == len(new) == _CREDIT and old.credit_code != new
        }

    @property
    def follows(self) -> frozenset[str]:
        """What follows, what has to included."""
        return frozenset(self.wish.follow) | FORCED[self.wish.kind]

    def concerns(self, thing: Thing) -> bool:
        """Whether a thing moves at all."""
        wish = self.wish
        if thing.type == DEPARTMENT:
            return False
        if wish.kind != SPLIT:
            return True
        if thing.type == ENQUIRY:
            return bool(thing.matter) and thing.matter in self.matters
        return thing.uid in wish.selected

    def step(self, thing: Thing) -> Step | None:
        """What becomes of a thing; None if nothing does."""
        if not self.concerns(thing):
            return None
        found = [*self._rights(thing), *self._elements(thing)]
        if not found:
            return None
        return Step(MOVE, thing.uid, thing.title, thing.type, tuple(found))

    def _rights(self, thing: Thing) -> list[Change]:
        if thing.type == ENQUIRY:
            # Its department is both.
            return []
        codes, found = self.codes, list[Change]()
        owner = codes.get(thing.owner, thing.owner)
        if owner != thing.owner:
            found.append(Change("owner_department", thing.owner, owner))
        shared = _codes(thing.shared, codes, thing.owner, owner)
        if shared != list(thing.shared):
            found.append(Change("co_owners", list(thing.shared), shared))
        return found

    def _elements(self, thing: Thing) -> list[Change]:
        follows = self.follows
        if thing.type == ENQUIRY:
            follows = frozenset({"department"})
        elif thing.type in PAPERS:
            # What a paper says follows by an express decision alone, once it counts.
            follows = USUAL if thing.state == "draft" else frozenset()
        found = self._of("", thing.fields, follows)
        for name, fields in thing.parts.items():
            found += self._of(name, fields, follows)
        return found

    def _of(
        self, of: str, fields: Mapping[str, Any], follows: frozenset[str]
    ) -> list[Change]:
        found = []
        for name, value in fields.items():
            after = self._after(name, value, follows, fields)
            if after != value:
                found.append(Change(name, value, after, of))
        return found

    def _after(
        self, name: str, value: Any, follows: frozenset[str], fields: Mapping[str, Any]
    ) -> Any:
        if not value:
            return value
        if name == "department":
            new = self.codes.get(value, value)
            return new if "department" in follows else value
        if name == "co_departments":
            if "co_departments" not in follows:
                return value
            old = owner = fields.get("department") or ""
            if "department" in follows:
                owner = self.codes.get(owner, owner)
            return _codes(value, self.codes, old, owner)
        for group in follows:
            for element in FOLLOW[group]:
                table, _dot, column = element.partition(".")
                if table != name:
                    continue
                if column:
                    return [self._row(row, column) for row in value]
                if group == "codes":
                    return self._coded(value)
                return self.names.get(value, value)
        return value

    def _row(self, row: Mapping[str, Any], column: str) -> dict[str, Any]:
        value = row.get(column)
        new = self.names.get(value, value) if isinstance(value, str) else value
        return {**row, column: new} if column in row else dict(row)

    def _coded(self, value: str) -> str:
        head = value[:_CREDIT]
        return self.credits.get(head, head) + value[_CREDIT:]

    def left(self, thing: Thing) -> list[str]:
        """Elements that still tell of the old department afterwards, by name."""
        if not self.concerns(thing) or thing.type in PAPERS | {ENQUIRY}:
            return []
        everything = frozenset(FOLLOW)
        found = []
        for of, fields in (("", thing.fields), *thing.parts.items()):
            for name, value in fields.items():
                now = self._after(name, value, self.follows, fields)
                if now != self._after(name, value, everything, fields):
                    found.append(f"{of}/{name}" if of else name)
        return found


def _codes(
    values: Iterable[str], codes: Mapping[str, str], old: str, owner: str
) -> list[str]:
    """Codes with those that change, each once; the new owner is not beside itself."""
    before = list(values)
    if old == owner and not set(before) & set(codes):
        return before
    moved = [codes.get(code, code) for code in before]
    return [code for code in dict.fromkeys(moved) if code != owner]


# ------------------------------------------------------------ people and papers


def usual_way(kind: str) -> str:
    """Where a person goes if nobody says otherwise.

    Of a department that stays, nobody gets rights in another one by itself.
    """
    return WAYS[kind][0]


def people_steps(
    wish: Wish,
    memberships: Iterable[Membership],
    choices: Mapping[str, str] | None = None,
) -> list[Step]:
    """What becomes of the functions of people.

    :param choices: the way of a membership by its key, where it is not the usual one.
    """
    chosen, found = choices or {}, list[Step]()
    moving = [code for code in wish.sources if code != wish.target]
    known = {(m.person, m.department, m.function) for m in memberships}
    joined: set[tuple[str, str]] = set()
    for one in memberships:
        if one.department not in moving:
            continue
        way = chosen.get(one.key, usual_way(wish.kind))
        if way not in WAYS[wish.kind]:
            way = usual_way(wish.kind)
        there = (one.person, wish.target, one.function) in known
        if way in {GO, BOTH} and not there and (one.person, one.function) not in joined:
            joined.add((one.person, one.function))
            found.append(_person(JOIN, one, wish.target))
        if way in {GO, LEAVE}:
            found.append(_person(PART, one, one.department))
    return found


def _person(kind: str, one: Membership, department: str) -> Step:
    value = f"{department}:{one.function}"
    before, after = ("", value) if kind == JOIN else (value, "")
    change = Change("function", before, after)
    return Step(kind, one.person, one.name, "Person", (change,))


def losing(memberships: Iterable[Membership], steps: Iterable[Step]) -> list[str]:
    """Names of people who would have no function left at all."""
    held: dict[str, set[str]] = {}
    names: dict[str, str] = {}
    for one in memberships:
        held.setdefault(one.person, set()).add(f"{one.department}:{one.function}")
        names[one.person] = one.name
    lost: set[str] = set()
    for step in steps:
        if step.kind not in {JOIN, PART}:
            continue
        mine = held.setdefault(step.key, set())
        names.setdefault(step.key, step.title)
        for change in step.changes:
            mine.discard(change.before)
            if change.after:
                mine.add(change.after)
            else:
                lost.add(step.key)
    return sorted(names[person] for person in lost if not held[person])


def lacking(
    target: str, memberships: Iterable[Membership], steps: Iterable[Step]
) -> list[str]:
    """Functions without which the target could not work, that nobody would have."""
    held = {m.function for m in memberships if m.department == target}
    for step in steps:
        if step.kind == JOIN:
            for change in step.changes:
                department, _colon, function = change.after.partition(":")
                if department == target:
                    held.add(function)
    return [name for name in ("editor", "reviewer", "publisher") if name not in held]


def in_force(wish: Wish, things: Iterable[Thing]) -> list[Thing]:
    """Papers in force in the name of a department that ends or gives them away.

    A new code alone is the same department: its papers go on.
    """
    codes = {code for code in wish.sources if code != wish.target}
    return [
        thing
        for thing in things
        if thing.type in PAPERS
        and thing.state == IN_FORCE
        and thing.fields.get("department") in codes
        and (wish.kind != SPLIT or thing.uid in wish.selected)
    ]


def paper_problems(
    wish: Wish, papers: Sequence[Thing], decisions: Mapping[str, str]
) -> list[Problem]:
    """What is not decided of papers in force, and what does not go together."""
    if wish.kind == RENAME:
        return []
    found = [
        Problem(paper.uid, "handover_paper_open", (("title", paper.title),))
        for paper in papers
        if decisions.get(paper.uid) not in {END, TAKE}
    ]
    seals = {
        str(paper.fields.get("seal_number") or ""): paper
        for paper in papers
        if paper.type == "ApprovalSeal"
    }
    for paper in papers:
        if paper.type != "Authorisation" or decisions.get(paper.uid) != TAKE:
            continue
        seal = seals.get(str(paper.fields.get("seal_number") or "-"))
        if seal is not None and decisions.get(seal.uid) == END:
            named = (("title", paper.title), ("seal", seal.title))
            found.append(Problem(paper.uid, "handover_paper_seal", named))
    return found


def paper_steps(
    wish: Wish, papers: Iterable[Thing], decisions: Mapping[str, str], day: str
) -> list[Step]:
    """What becomes of papers in force; those with a new code alone go on.

    :param day: the day of the decision, on which what is ended loses its force.
    """
    found = []
    for paper in papers:
        old = paper.fields.get("department")
        if wish.kind == RENAME or decisions.get(paper.uid) == TAKE:
            change = Change("department", old, wish.target)
            found.append(Step(MOVE, paper.uid, paper.title, paper.type, (change,)))
        elif decisions.get(paper.uid) == END:
            name = "revoked_on" if paper.type == "Authorisation" else "valid_until"
            changes = (
                Change("review_state", IN_FORCE, "ended"),
                Change(name, paper.fields.get(name), day),
            )
            found.append(Step(PAPER, paper.uid, paper.title, paper.type, changes))
    return found


# -------------------------------------------------------------- the departments


def department_steps(plan: Plan) -> list[Step]:
    """What becomes of the departments themselves."""
    wish, target, found = plan.wish, plan.target, list[Step]()
    if wish.kind == RENAME:
        old = plan.departments[wish.sources[0]]
        changes = tuple(
            Change(name, getattr(old, name), getattr(target, name))
            for name in ("code", "title", "short_name")
            if getattr(old, name) != getattr(target, name)
        )
        found.append(Step(CALL, old.code, old.title, DEPARTMENT, changes))
        if old.code != target.code:
            found.append(_drop(old))
        return found
    if wish.new:
        values = {
            "code": target.code,
            "title": target.title,
            "short_name": target.short_name,
            "credit_code": target.credit_code,
        }
        change = Change("department", None, values)
        found.append(Step(CREATE, target.code, target.title, DEPARTMENT, (change,)))
    if wish.kind == MERGE:
        for code in wish.sources:
            old = plan.departments[code]
            found.append(_drop(old))
            close = (
                Change("review_state", old.state, "withdrawn"),
                Change("merged_into", "", target.code),
            )
            found.append(Step(CLOSE, code, old.title, DEPARTMENT, close))
    return found


def _drop(old: Department) -> Step:
    change = Change("groups", old.code, "")
    return Step(DROP, old.code, old.title, DEPARTMENT, (change,))


def ordered(steps: Iterable[Step]) -> list[Step]:
    """Steps in the order in which they are done; one thing is touched once."""
    together: dict[tuple[str, str, str], Step] = {}
    for step in steps:
        part = json.dumps([asdict(c) for c in step.changes], sort_keys=True)
        # Several functions of one person are several steps; a thing is one.
        key = (step.kind, step.key, part if step.kind in {JOIN, PART} else "")
        known = together.get(key)
        if known is None:
            together[key] = step
        else:
            more = [c for c in step.changes if c not in known.changes]
            changes = (*known.changes, *more)
            together[key] = Step(step.kind, step.key, step.title, step.type, changes)
    return sorted(together.values(), key=lambda step: ORDER.index(step.kind))


def turned(steps: Iterable[Step]) -> list[Step]:
    """The way back of steps that were done."""
    steps = list(steps)
    found = [
        # The groups of the new code came with it by themselves.
        Step(DROP, c.after, step.title, step.type, (Change("groups", c.after, ""),))
        for step in steps
        if step.kind == CALL
        for c in step.changes
        if c.field == "code"
    ]
    found += [
        Step(
            _TURNED[step.kind],
            step.key,
            step.title,
            step.type,
            tuple(
                Change(c.field, c.after, c.before, c.of) for c in reversed(step.changes)
            ),
        )
        for step in steps
    ]
    found.reverse()
    return sorted(found, key=lambda step: ORDER.index(step.kind))


def apply(values: Mapping[str, Any], step: Step) -> dict[str, Any]:
    """Fields after a step; a field that is not as it was before stays as it is."""
    found = dict(values)
    for change in step.changes:
        name = f"{change.of}/{change.field}" if change.of else change.field
        if found.get(name) == change.before:
            found[name] = change.after
    return found


def undo_problem(
    number: str, handovers: Sequence[tuple[str, frozenset[str], str]]
) -> str:
    """Why a hand-over cannot be taken back: an id, or empty if it can.

    :param handovers: number, departments and who took it back of each, in their order.
    """
    found = [one for one in handovers if one[0] == number]
    if not found:
        return "handover_undo_unknown"
    _number, departments, undone = found[0]
    if undone:
        return "handover_undo_done"
    later = handovers[list(handovers).index(found[0]) + 1 :]
    if any(mine & departments and not taken for _n, mine, taken in later):
        return "handover_undo_later"
    return ""


MOVED, ALREADY, DIFFERS = "moved", "already", "differs"


def verdict(values: Mapping[str, Any], step: Step) -> str:
    """How a step meets what is there: to be done, done already, or not fitting.

    What somebody changed since the preview is nobody's mistake: it is left and told.
    """
    after = 0
    for change in step.changes:
        name = f"{change.of}/{change.field}" if change.of else change.field
        now = values.get(name)
        if now == change.after:
            after += 1
        elif now != change.before:
            return DIFFERS
    return ALREADY if after == len(step.changes) else MOVED


# -------------------------------------------------------------------- the digest


def digest(before: str, value: Any) -> str:
    """The fingerprint of everything so far and of one thing more."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return sha256(f"{before}\n{text}".encode()).hexdigest()
