"""What the guide says beside its materials, its bases, its links and other guides."""

from ..bases import Standing
from ..checks import VAGUE_MATERIAL
from ..names import names_in
from ..names import normal_name
from .facts import Asked
from .facts import Facts
from .facts import Fault
from .facts import fault
from .facts import guide
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import replace

import re


#: A thing that is handed in, behind a word that says so. Without that word a name
#: could begin anywhere in a sentence.
_GIVEN = r"(?:提供|提交|递交|出示|持(?:有(?!效))?|凭|附上?|填写|填报|交验)"
_KIND = r"(?:有效的?|合法的?|真实的?|完整的?)?"
_NAME = (
    r"[《“]?([\u4e00-\u9fff]{1,16}?(?:%s))[》”]?(?![\u4e00-\u9fff]*?(?:部门|机关)出具)"
)
_PROOFS = re.compile(_GIVEN + _KIND + _NAME % "证明|证书|许可证|执照|身份证")
_PAPERS = re.compile(
    _GIVEN + _KIND + _NAME % "证明|证书|许可证|执照|身份证|申请表|申请书|登记表|报告书?"
)
_SUCH = re.compile(r"^(?:其他|其它|相关|有关|相应|上述|以上|该|本|此|者|人)")
_JOINED = re.compile(r"[和与及或、]")


def _named(pattern: re.Pattern[str], lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines, 1):
        for match in pattern.finditer(line or ""):
            name = _JOINED.split(match[1])[-1]
            if len(name) < 3 or _SUCH.match(name) or VAGUE_MATERIAL.search(name):
                continue
            yield number, name


def _missing(facts: Facts, name: str) -> bool:
    """Whether no material is this one: the longer name may contain the shorter."""
    wanted = normal_name(name)
    for one in facts.materials or ():
        for listed in names_in(one.values.get("title") or ""):
            if wanted in listed or listed in wanted:
                return False
    return bool(wanted)


def _unlisted(
    facts: Facts,
    pattern: re.Pattern[str],
    lines: Iterable[str],
    element: str,
    says: str,
) -> Iterator[Fault]:
    if not facts.materials:
        return
    told = set()
    for number, name in _named(pattern, lines):
        if name not in told and _missing(facts, name):
            told.add(name)
            yield fault(element, says, number, name=name)


@guide("proof_unlisted")
def proofs(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """13: a proof that the conditions ask for stands in the list."""
    lines = facts.values.get("conditions") or ()
    yield from _unlisted(facts, _PROOFS, lines, "conditions", "proof_not_listed")


@guide("flow_unlisted")
def flow(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """13: a paper that the steps name stands in the list."""
    lines = [
        f"{row.get('step') or ''} {row.get('standard') or ''}"
        for row in facts.values.get("flow") or ()
    ]
    yield from _unlisted(facts, _PAPERS, lines, "flow", "flow_not_listed")


_ENDED = {Standing.ENDED: "basis_is_ended", Standing.NOT_YET: "basis_is_not_yet"}


@guide("basis_ended")
def ended(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """16: what is cited is in force."""
    for basis in facts.bases:
        if basis.standing in _ENDED:
            yield fault("legal_basis", _ENDED[basis.standing], basis.row, law=basis.law)


@guide("basis_changed")
def changed(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """16: what has changed was looked at since."""
    for basis in facts.bases:
        if basis.standing is Standing.CHANGED:
            yield fault("legal_basis", "basis_is_changed", basis.row, law=basis.law)


@guide("title_twice")
def twice(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """18: a name means one matter of the department."""
    if facts.namesakes:
        yield fault("title", "title_is_twice", number=facts.namesakes)


def _links(facts: Facts, state: str, says: str) -> Iterator[Fault]:
    for link in facts.links:
        if link.state == state:
            values = {"url": link.url}
            if says != "link_is_intranet":
                values["detail"] = link.detail
            found = fault(link.element, says, link.place.row, **values)
            yield replace(found, place=link.place)


@guide("link_dead")
def dead(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """19: no link leads nowhere."""
    yield from _links(facts, "dead", "link_is_dead")


@guide("link_unsure")
def unsure(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """19: links answer in time."""
    yield from _links(facts, "unsure", "link_is_slow")


@guide("link_intranet")
def intranet(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """19: no link leads where the public cannot go."""
    yield from _links(facts, "intranet", "link_is_intranet")


@guide("channel_behind")
def channels(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """20: every channel shows the revision of the site."""
    for name, standing in facts.channels:
        yield fault(
            "", "channel_differs", channel=name, standing=f"standing.{standing}"
        )


@guide("catalogue_differs")
def catalogue(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """The guide and the catalogue of matters say the same."""
    for kind in facts.catalogue:
        yield fault("title", "catalogue_says", kind=f"catalogue.{kind}")
