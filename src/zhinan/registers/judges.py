"""What is refused in an entry of any register, and why."""

from . import checks
from .entries import IRegisterEntry
from .entries import TYPES
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from plone import api
from plone.uuid.interfaces import IUUID
from typing import Any
from zhinan import _
from zhinan.forms import validation
from zhinan.rules.codes import Problem
from zhinan.rules.registers import entry_key
from zhinan.rules.registers import entry_problems
from zhinan.rules.registers import registers


def taken(register: str, context: Any, values: Mapping[str, Any]) -> str | None:
    """Title of another entry with the same key, or None; drafts count, too.

    Empty where this person may not see that entry: its name is not told.
    """
    own = IUUID(context, None) if IRegisterEntry.providedBy(context) else None
    catalog = api.portal.get_tool("portal_catalog")
    asked = {
        "portal_type": TYPES[register],
        "register_key": entry_key(register, values),
    }
    others = {brain.UID for brain in catalog.unrestrictedSearchResults(**asked)}
    others.discard(own)
    if not others:
        return None
    seen = catalog(show_inactive=True, **asked)
    return next((brain.Title for brain in seen if brain.UID in others), "")


def judge_entry(register: str) -> Callable[[Any, Mapping[str, Any]], Iterator[Problem]]:
    """The check that the entries of all registers have in common."""

    def check(context: Any, values: Mapping[str, Any]) -> Iterator[Problem]:
        yield from entry_problems(register, values)
        key = registers()[register].key
        if all(values.get(name) in (None, "") for name in key):
            return
        other = taken(register, context, values)
        if other:
            yield Problem(key[0], "register_entry_taken", (("title", other),))
        elif other is not None:
            yield Problem(key[0], "register_entry_taken_unseen")

    return check


def service_hints(context: Any, values: Mapping[str, Any]) -> Iterator[Problem]:
    """A service that looks like a step of another one."""
    own = IUUID(context, None) if IRegisterEntry.providedBy(context) else None
    yield from checks.split_hints(values, own)


MESSAGES = {
    "register_entry_taken": _(
        "register_entry_taken",
        default="The register has this entry already: “${title}”. Change that one, or "
        "enter what tells the two apart.",
    ),
    "register_entry_taken_unseen": _(
        "register_entry_taken_unseen",
        default="The register has this entry already, in the hands of another "
        "department. Ask the site's administrator, or enter what tells the two apart.",
    ),
    "basis_number_form": _(
        "basis_number_form",
        default="“${number}” is no number of a document, a decree or a standard. Write "
        "the body's short name, the year in brackets and the number; or the body, the "
        "word for decree and the number; or the standard with its year.",
    ),
    "matter_code": _(
        "matter_code",
        default="“${code}” is no basic code: it has 12 digits, of which the last three "
        "may be 00Y.",
    ),
}

CANCELLED_PROOF = validation.Judge(judge_entry("cancelled_proof"), MESSAGES)
INTERMEDIARY_SERVICE = validation.Judge(
    judge_entry("intermediary_service"), checks.MESSAGES, service_hints
)
LEGAL_BASIS = validation.Judge(judge_entry("legal_basis"))
