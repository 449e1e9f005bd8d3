"""What a person or a program asks of the trail, read from an address or a body."""

from collections.abc import Mapping
from plone import api
from typing import Any
from zhinan import _
from zhinan.departments import directory
from zhinan.departments.citytime import today
from zhinan.supervision import known
from zhinan.supervision.finding import ALL
from zhinan.supervision.finding import Filters
from zhinan.supervision.finding import read_cursor
from zhinan.supervision.finding import STREAMS
from zhinan.supervision.words import CHAINS
from zhinan.supervision.words import IN_EVENTS
from zhinan.supervision.words import KINDS
from zhinan.trail import store
from zope.i18nmessageid import Message

import datetime


#: Periods that have a name, by the number of days that they go back.
PERIODS: dict[str, tuple[Message, int]] = {
    "today": (_("Today"), 0),
    "week": (_("Last 7 days"), 6),
    "month": (_("Last 30 days"), 29),
}
_LONGEST = 200


class Wrong(ValueError):
    """What is wrong: the name of the parameter, and a sentence."""

    def __init__(self, name: str, message: Message):
        super().__init__(message)
        self.name = name
        self.message = message


def _text(form: Mapping[str, Any], name: str) -> str:
    value = form.get(name, "")
    return value.strip()[:_LONGEST] if isinstance(value, str) else ""


def read(form: Mapping[str, Any]) -> tuple[Filters, list[Wrong]]:
    """The filters as far as they can be read, and what is wrong with the others."""
    wrong: list[Wrong] = []
    values: dict[str, Any] = {}

    def one(name: str, key: str, reader: Any) -> None:
        text = _text(form, name)
        try:
            values[key] = (
                reader(text) if text else Filters.__dataclass_fields__[key].default
            )
        except Wrong as error:
            wrong.append(error)

    one("from", "start", lambda text: _day("from", text))
    one("to", "end", lambda text: _day("to", text))
    one("department", "department", _department)
    one("person", "person", _person)
    one("kind", "kind", lambda text: _among("kind", text, KINDS))
    one("type", "type", _type)
    one("object", "uid", _object)
    one("stream", "stream", lambda text: _among("stream", text, STREAMS))
    one("text", "text", str)
    period = _text(form, "period")
    if period and "from" not in form and "to" not in form:
        if period not in PERIODS:
            wrong.append(Wrong("period", _unknown("period", period)))
        else:
            end = today()
            days = datetime.timedelta(days=PERIODS[period][1])
            values |= {"start": end - days, "end": end}
    if not _text(form, "stream") and values.get("kind") in IN_EVENTS:
        values["stream"] = ALL
    start, end = values.get("start"), values.get("end")
    if start and end and end < start:
        wrong.append(Wrong("to", _("The last day lies before the first one.")))
    return Filters(**values), wrong


def cursor(form: Mapping[str, Any]) -> str:
    """Where the page begins.

    :raises Wrong: if that is no place.
    """
    text = _text(form, "before")
    if text and read_cursor(text) is None:
        raise Wrong("before", _unknown("before", text))
    return text


def _unknown(name: str, value: str) -> Message:
    return _(
        "trail_unknown_value",
        default="“${value}” is not possible as ${name}.",
        mapping={"name": name, "value": value},
    )


def _among(name: str, text: str, allowed: Any) -> str:
    if text not in allowed:
        raise Wrong(name, _unknown(name, text))
    return text


def _day(name: str, text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise Wrong(
            name,
            _(
                "trail_no_day",
                default="“${value}” is no day. Write it as 2026-09-01.",
                mapping={"value": text},
            ),
        ) from None


def _department(text: str) -> str:
    if directory.get(text) is None and text not in known.of().departments:
        raise Wrong(
            "department",
            _(
                "trail_no_department",
                default="There is and was no department “${value}”.",
                mapping={"value": text},
            ),
        )
    return text


def _type(text: str) -> str:
    types = api.portal.get_tool("portal_types")
    return _among("type", text, {*CHAINS, *types.objectIds()})


def _person(text: str) -> str:
    """The id of a person by id, login or name; an account can be gone."""
    user = api.user.get(userid=text) or api.user.get(username=text)
    if user is not None:
        return str(user.getId())
    users = api.portal.get_tool("acl_users")
    found = {
        entry["userid"]
        for entry in users.searchUsers(fullname=text)
        if entry.get("title") == text or entry.get("fullname") == text
    }
    if len(found) > 1:
        raise Wrong(
            "person",
            _(
                "trail_several_persons",
                default="Several people are called “${value}”. Write the login.",
                mapping={"value": text},
            ),
        )
    if found:
        return str(found.pop())
    if store.peek(api.portal.get()).chain(f"user:{text}") is not None:
        return text
    raise Wrong(
        "person",
        _(
            "trail_no_person",
            default="Nobody is or was called “${value}”. Write the login or the whole "
            "name.",
            mapping={"value": text},
        ),
    )


def _object(text: str) -> str:
    """The UID of what an address or a UID names."""
    site = api.portal.get()
    if store.peek(site).chain(text) is not None:
        return text
    path = text.removeprefix(site.absolute_url()).split("?")[0].split("/@@")[0]
    catalog = api.portal.get_tool("portal_catalog")
    root = "/".join(site.getPhysicalPath())
    inside = path.removeprefix(root).strip("/")
    for brain in catalog.unrestrictedSearchResults(
        path={"query": f"{root}/{inside}", "depth": 0}
    ):
        return str(brain.UID)
    if catalog.unrestrictedSearchResults(UID=text):
        return text
    raise Wrong(
        "object",
        _(
            "trail_no_object",
            default="At “${value}” there is nothing. Look for what was deleted by its "
            "title.",
            mapping={"value": text},
        ),
    )


__all__ = ["ALL", "PERIODS", "Wrong", "cursor", "read"]
