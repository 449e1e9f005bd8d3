"""Refusals as REST tells them, each with the element that it is about."""

from collections.abc import Iterable
from typing import Any
from zope.i18n import translate


#: Status of an answer by the reason's id; every other reason is the request's fault.
STATUS = {"wrong_state": 409, "no_transition": 409, "not_allowed": 403}
UNFIT = 422
_TYPES = {409: "WrongState", 403: "NotAllowed", UNFIT: "Refused"}


def reasons(found: Iterable[Any], request: Any) -> list[dict[str, str]]:
    """Reasons as plain values, in the reader's language."""
    return [
        {
            "id": reason.id,
            "message": translate(reason.message, context=request),
            "element": reason.element,
            "material": reason.material,
        }
        for reason in found
    ]


def status(found: Iterable[Any]) -> int:
    """The status that tells what kind of refusal it is."""
    return next((STATUS[r.id] for r in found if r.id in STATUS), UNFIT)


def error(found: Iterable[Any], request: Any) -> dict[str, Any]:
    """The error of an answer: its kind, one sentence, and every reason."""
    known = list(found)
    told = reasons(known, request)
    return {
        "type": _TYPES[status(known)],
        "message": " ".join(reason["message"] for reason in told),
        "reasons": told,
    }
