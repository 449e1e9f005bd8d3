"""What the registers say about a material, and about each other's entries."""

from . import directory
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any
from zhinan import _
from zhinan.forms.messages import code_title
from zhinan.rules.codes import Problem
from zhinan.rules.names import matching
from zhinan.rules.names import names_in
from zhinan.rules.names import normal_name
from zhinan.rules.names import Service
from zhinan.rules.names import split_services
from zope.globalrequest import getRequest
from zope.i18n import translate


PROOF, SERVICE = "cancelled_proof", "intermediary_service"
#: Code of the source that says: issued by an intermediary or third party.
THIRD_PARTY = "30"
_FULL_STOPS = ".\u3002"


def _say(text: Any) -> str:
    return translate(text, context=getRequest())


def _known(register: str) -> dict[str, str]:
    """Normal name to UID of the published entries of a register."""

    def make() -> dict[str, str]:
        found: dict[str, str] = {}
        for entry in directory.current(register):
            for name in (entry.title, *entry.values.get("aliases", ())):
                normal = normal_name(name)
                if normal:
                    found.setdefault(normal, entry.uid)
        return found

    return directory.derived(f"{register}.names", make)


def _entry(register: str, uid: str) -> directory.Entry:
    return next(entry for entry in directory.current(register) if entry.uid == uid)


def cancelled_proof(title: str) -> directory.Entry | None:
    """The published entry of the cancelled proof that such a material asks for."""
    known = _known(PROOF)
    uid = matching(names_in(title), known) if known else None
    return _entry(PROOF, uid) if uid else None


def listed_service(title: str) -> directory.Entry | None:
    """The published entry of the service whose name or result a material has."""
    known = _known(SERVICE)
    uid = matching(names_in(title), known) if known else None
    return _entry(SERVICE, uid) if uid else None


def instead(entry: directory.Entry) -> str:
    """What takes the place of a cancelled proof, in words."""
    code = entry.values.get("replacement") or "none"
    way = _say(code_title("proof_replacement", code))
    # The note is set into a sentence: without its last full stop.
    note = " ".join((entry.values.get("replacement_note") or "").split())
    note = note.rstrip(_FULL_STOPS)
    if not note:
        return way
    return _say(
        _(
            "way_and_note",
            default="${way} (${note})",
            mapping={"way": way, "note": note},
        )
    )


def material_problems(values: Mapping[str, Any]) -> Iterator[Problem]:
    """A material that may not be asked for.

    A list without any published entry is not kept yet, and judges nothing.
    """
    title = values.get("title") or ""
    entry = cancelled_proof(title)
    if entry is not None:
        yield Problem(
            "title",
            "material_cancelled",
            (("title", title), ("entry", entry.title), ("instead", instead(entry))),
        )
    if values.get("source") != THIRD_PARTY or not title or not _known(SERVICE):
        return
    if listed_service(title) is None:
        yield Problem("source", "material_unlisted_service", (("title", title),))


MESSAGES = {
    "material_cancelled": _(
        "material_cancelled",
        default="“${title}” may not be asked for: “${entry}” stands on the list of "
        "cancelled proofs. What takes its place: ${instead}. Take the material out.",
    ),
    "material_unlisted_service": _(
        "material_unlisted_service",
        default="“${title}” is neither a service on the list of intermediary services "
        "nor what one delivers. Use the name on the list, choose another source, or "
        "have the service listed first.",
    ),
    "service_split": _(
        "service_split",
        default="This may be one service split into several: ${services} serve the "
        "same matter on the same basis. Keep one of them.",
    ),
}


def _service(uid: str, values: Mapping[str, Any]) -> Service:
    matters = tuple(values.get("matters") or ())
    return Service(uid, values.get("title") or "", matters, values.get("basis") or "")


def splits() -> list[tuple[directory.Entry, ...]]:
    """Groups of services that look like one split into several.

    Drafts are among them, as far as this person may see them: a group is told by the
    names in it.
    """
    entries = {entry.uid: entry for entry in directory.visible(SERVICE)}
    groups = split_services(
        _service(uid, entry.values) for uid, entry in entries.items()
    )
    return [tuple(entries[service.id] for service in group) for group in groups]


def split_hints(values: Mapping[str, Any], uid: str | None) -> Iterator[Problem]:
    """Whether a service with these values is part of one split into several."""
    own = _service(uid or "", values)
    others = [
        _service(entry.uid, entry.values)
        for entry in directory.visible(SERVICE)
        if entry.uid != uid
    ]
    names: dict[str, None] = {}
    for group in split_services([own, *others]):
        if own in group:
            names.update(dict.fromkeys(service.name for service in group))
    if names:
        join = _say(_("list_separator", default=", "))
        yield Problem("title", "service_split", (("services", join.join(names)),))
