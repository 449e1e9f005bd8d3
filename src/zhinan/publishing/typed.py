"""Parameters of transitions as they come from outside, and the schema that tells them.

A page sends texts, REST sends JSON; what a transition is asked for stands once, in the
schema of its parameters. What cannot be read is a reason, as what a guard says.
"""

from collections.abc import Mapping
from typing import Any
from zhinan import _
from zhinan.publishing.transitions import fields
from zhinan.publishing.transitions import Reason
from zhinan.publishing.transitions import Transition
from zhinan.publishing.transitions import UNFIT
from zope.i18n import translate
from zope.i18nmessageid import Message
from zope.schema.interfaces import IBool
from zope.schema.interfaces import IDate
from zope.schema.interfaces import IDatetime
from zope.schema.interfaces import IList
from zope.schema.interfaces import IText

import datetime


#: Keys of a row of comments.
ROW = ("element", "material", "text")


def kind(field: Any) -> str:
    """What a parameter is: text, line, bool, moment, day or rows."""
    if IBool.providedBy(field):
        return "bool"
    # A moment is no day, though the interfaces do not say so to each other.
    if IDatetime.providedBy(field):
        return "moment"
    if IDate.providedBy(field):
        return "day"
    if IList.providedBy(field):
        return "rows"
    return "text" if IText.providedBy(field) and _is_long(field) else "line"


def _is_long(field: Any) -> bool:
    # A line of text is a text, too.
    return type(field).__name__ == "Text"


def unfit(name: str, field: Any) -> Reason:
    """The reason for a value that cannot be read."""
    title = {"title": field.title}
    return Reason("parameter_unfit", Message(UNFIT, mapping=title), name)


def moment(text: str) -> datetime.datetime:
    """A moment; without a zone it is the city's.

    :raises ValueError: for any other text.
    """
    return datetime.datetime.fromisoformat(text.strip())


def day(text: str) -> datetime.date:
    """A day of the calendar.

    :raises ValueError: for any other text.
    """
    return datetime.date.fromisoformat(text.strip())


# ---------------------------------------------------------------------------- JSON

_JSON: dict[str, dict[str, Any]] = {
    "bool": {"type": "boolean"},
    "moment": {"type": "string", "format": "date-time"},
    "day": {"type": "string", "format": "date"},
    "rows": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {name: {"type": "string"} for name in ROW},
            "required": ["text"],
        },
    },
    "text": {"type": "string"},
    "line": {"type": "string"},
}


def json_schema(transition: Transition, request: Any) -> dict[str, Any]:
    """The parameters of a transition as a JSON schema."""
    properties = {}
    for name, field in fields(transition):
        found = {"title": translate(field.title, context=request), **_JSON[kind(field)]}
        if field.description:
            found["description"] = translate(field.description, context=request)
        longest = getattr(field, "max_length", None)
        if longest and found["type"] == "string":
            found["maxLength"] = longest
        properties[name] = found
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name, field in fields(transition) if field.required],
        "additionalProperties": False,
    }


def _read(field: Any, value: Any) -> Any:
    """A value of JSON as the parameter's own type.

    :raises ValueError: if it is of another kind.
    """
    what = kind(field)
    if value is None:
        return None
    if what == "bool" and isinstance(value, bool):
        return value
    if what == "rows" and isinstance(value, list):
        return [_row(row) for row in value]
    if isinstance(value, str) and what not in {"bool", "rows"}:
        if what == "moment":
            return moment(value)
        return day(value) if what == "day" else value.replace("\r\n", "\n")
    raise ValueError(what)


def _row(row: Any) -> dict[str, str]:
    if not isinstance(row, dict) or not set(row) <= set(ROW):
        raise ValueError("row")
    if not all(isinstance(value, str) for value in row.values()):
        raise ValueError("row")
    return dict(row)


def from_json(
    transition: Transition, data: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Reason]]:
    """Parameters as a transition takes them, and what is wrong with the request."""
    known = dict(fields(transition))
    values, wrong = {}, []
    for name, value in data.items():
        if name not in known:
            wrong.append(
                Reason(
                    "parameter_unknown",
                    _(
                        "parameter_unknown",
                        default="There is no parameter “${name}” here.",
                        mapping={"name": str(name)[:60]},
                    ),
                    str(name)[:60],
                )
            )
            continue
        try:
            values[name] = _read(known[name], value)
        except ValueError:
            wrong.append(unfit(name, known[name]))
    return values, wrong
