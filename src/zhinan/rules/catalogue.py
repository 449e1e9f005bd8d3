"""The matter catalogue against the guides: what one has and the other has not.

Both sides are compared as far as both know a matter: name, basic code, department,
type and limits. An entry is found by its code first and by its name second, so that
a wrong code is told as such and not as two missing things.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass

import re
import unicodedata


#: Kinds of findings, the gravest first.
KINDS = (
    "no_guide",
    "no_entry",
    "code",
    "name",
    "department",
    "matter_type",
    "statutory",
    "promised",
    "several_guides",
    "guide_of_parent",
    "doubled_entry",
    "orphan",
    "not_authorised",
)

Limit = tuple[int, str]
_SPACE = re.compile(r"\s+")
#: Brackets and dashes that people write in two widths or forms.
_TWINS = str.maketrans("\u3010\u3011\u3014\u3015[]\u2014\u2013", "()()()--")


@dataclass(frozen=True)
class Matter:
    """An entry of the catalogue, or a guide, as far as both know it."""

    uid: str
    title: str
    code: str
    department: str
    matter_type: str = ""
    statutory: Limit | None = None
    promised: Limit | None = None
    parent_code: str = ""
    #: handled by a window on authorisation (事留人走)
    entrusted: bool = False
    state: str = ""
    url: str = ""


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit; ``said`` and ``guide_says`` are what differs."""

    kind: str
    #: code of the department that has to look at it
    department: str
    entry: Matter | None = None
    guide: Matter | None = None
    said: str | Limit | None = None
    guide_says: str | Limit | None = None


def same_name(one: str, two: str) -> bool:
    """Whether two names are the same but for width, brackets and spaces."""
    return _normal(one) == _normal(two)


def _normal(name: str) -> str:
    text = unicodedata.normalize("NFKC", name).translate(_TWINS)
    return _SPACE.sub("", text).casefold()


def same_limit(one: Limit | None, two: Limit | None) -> bool:
    """Whether two limits are the same; nothing to wait for has no unit."""
    if one is None or two is None:
        return one == two
    return _months(one) == _months(two)


def _months(limit: Limit) -> Limit:
    number, unit = limit
    if number == 0:
        return 0, ""
    return (number * 12, "month") if unit == "year" else limit


def check(
    entries: Sequence[Matter],
    guides: Iterable[Matter],
    authorised: Callable[[Matter], bool] | None = None,
) -> list[Finding]:
    """Everything that does not fit, by kind and then by code.

    :param authorised: whether a window may handle this entry today; without it,
        nothing is said of authorisations.
    """
    found: list[Finding] = []
    parents = {entry.parent_code for entry in entries if entry.parent_code}
    pairs, lonely = _match(entries, list(guides))
    guides_of: dict[int, list[Matter]] = {}
    for entry, guide in pairs:
        guides_of.setdefault(id(entry), []).append(guide)
        found += _differences(entry, guide)
        if entry.code in parents:
            found.append(Finding("guide_of_parent", entry.department, entry, guide))
    found += [Finding("no_entry", g.department, None, g) for g in lonely]
    seen: set[tuple[str, str]] = set()
    codes = {entry.code for entry in entries}
    for entry in entries:
        own = guides_of.get(id(entry), [])
        key = (entry.code, entry.department)
        if key in seen:
            found.append(Finding("doubled_entry", entry.department, entry))
        elif not own and entry.code not in parents:
            found.append(Finding("no_guide", entry.department, entry))
        seen.add(key)
        if len(own) > 1:
            found += [
                Finding("several_guides", entry.department, entry, guide)
                for guide in own
            ]
        if entry.parent_code and entry.parent_code not in codes:
            found.append(
                Finding("orphan", entry.department, entry, said=entry.parent_code)
            )
        if entry.entrusted and authorised is not None and not authorised(entry):
            found.append(
                Finding(
                    "not_authorised", entry.department, entry, next(iter(own), None)
                )
            )
    return sorted(found, key=_order)


def _order(finding: Finding) -> tuple[int, str, str]:
    subject = finding.entry or finding.guide
    code, title = (subject.code, subject.title) if subject else ("", "")
    return KINDS.index(finding.kind), code, title


def _match(
    entries: Sequence[Matter], guides: list[Matter]
) -> tuple[list[tuple[Matter, Matter]], list[Matter]]:
    """Pairs of entry and guide, and the guides that have no entry."""
    by_code: dict[str, list[Matter]] = {}
    by_name: dict[tuple[str, str], list[Matter]] = {}
    for entry in entries:
        by_code.setdefault(entry.code, []).append(entry)
        key = (_normal(entry.title), entry.department)
        by_name.setdefault(key, []).append(entry)
    pairs: list[tuple[Matter, Matter]] = []
    taken: set[int] = set()

    def pair(entry: Matter, guide: Matter) -> None:
        pairs.append((entry, guide))
        taken.add(id(entry))

    rest = []
    for guide in guides:
        same = [
            e for e in by_code.get(guide.code, []) if e.department == guide.department
        ]
        if same and guide.code:
            free = [e for e in same if id(e) not in taken]
            pair((free or same)[0], guide)
        else:
            rest.append(guide)
    # The same matter may belong to several departments: an entry that has the guide of
    # its own department is not that of another's.
    others = []
    for guide in rest:
        free = [
            e for e in by_code.get(guide.code, []) if guide.code and id(e) not in taken
        ]
        if free:
            pair(free[0], guide)
        else:
            others.append(guide)
    lonely = []
    for guide in others:
        key = (_normal(guide.title), guide.department)
        free = [e for e in by_name.get(key, []) if id(e) not in taken]
        if free:
            pair(free[0], guide)
        else:
            lonely.append(guide)
    return pairs, lonely


def _differences(entry: Matter, guide: Matter) -> list[Finding]:
    """In what a guide differs from its entry."""
    found = []

    def differ(
        kind: str, said: str | Limit | None, guide_says: str | Limit | None
    ) -> None:
        found.append(Finding(kind, entry.department, entry, guide, said, guide_says))

    if entry.code != guide.code:
        differ("code", entry.code, guide.code)
    if not same_name(entry.title, guide.title):
        differ("name", entry.title, guide.title)
    if entry.department != guide.department:
        differ("department", entry.department, guide.department)
    if entry.matter_type and entry.matter_type != guide.matter_type:
        differ("matter_type", entry.matter_type, guide.matter_type)
    # A catalogue need not name limits; where it does, the guide has to keep to them.
    if entry.statutory and not same_limit(entry.statutory, guide.statutory):
        differ("statutory", entry.statutory, guide.statutory)
    if entry.promised and not same_limit(entry.promised, guide.promised):
        differ("promised", entry.promised, guide.promised)
    return found


def sub_items(entries: Iterable[Matter]) -> dict[str, list[Matter]]:
    """The sub-items of each parent, by the parent's code."""
    found: dict[str, list[Matter]] = {}
    for entry in entries:
        if entry.parent_code:
            found.setdefault(entry.parent_code, []).append(entry)
    return found


def parent_problem(code: str, parent_code: str) -> str:
    """What is wrong with the code of a parent; empty if nothing is.

    The first nine places of a sub-item are those of its parent, whose last three are
    00Y.
    """
    if not parent_code:
        return ""
    if parent_code == code:
        return "parent_is_itself"
    if len(code) == 12 and parent_code != f"{code[:9]}00Y":
        return "parent_other"
    return ""
