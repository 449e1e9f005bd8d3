"""Nobody saves over a newer save unseen: on the form, over REST, or at once.

A form carries what it was opened with. When that is no longer what is stored, saving is
refused, everything typed stays, and each element is shown as it was, as it is, and as
it was typed. What only the other person changed is taken over; where both changed the
same element, somebody chooses. Two saves at the very same moment meet a conflict of the
database; the later one is done again and ends in the same refusal.
"""

from Acquisition import aq_base
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from plone import api
from plone.app.textfield.interfaces import IRichTextValue
from plone.dexterity.utils import iterSchemata
from plone.locking.interfaces import ILockable
from plone.namedfile.interfaces import INamed
from typing import Any
from z3c.form.interfaces import IDataManager
from zhinan import _
from zope.component import queryMultiAdapter
from zope.component import queryUtility
from zope.i18nmessageid import Message
from zope.interface import Interface
from zope.schema import getFieldsInOrder

import base64
import binascii
import datetime
import hashlib
import json
import zlib


#: Names of the fields that the form carries.
STATE, CHOICE = "zhinan_state", "zhinan_choice"
MINE, THEIRS = "mine", "theirs"
#: Fields that are none of the content: a remark on the way to a version, a switch.
SKIPPED = frozenset({"changeNote", "versioning_enabled"})
#: Largest state that is read, in bytes: no form of ours has a tenth of it.
LARGEST = 4 << 20
_EMPTY: tuple[Any, ...] = (None, "", [], {}, ())


class ILastSave(Interface):
    """A utility: who saved something last, for the sentence that tells it."""

    def last(obj):
        """Name of the person and the hour in the city, or None where nobody knows."""


# -------------------------------------------------------------------------- values


def comparable(value: Any) -> Any:
    """A value as JSON knows it; what says nothing is None.

    A stored file is known by its place in the database: a file that is replaced gets
    another one. Its name is left out, since not everybody may read it.
    """
    if isinstance(value, str):
        return value.replace("\r\n", "\n") or None
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if INamed.providedBy(value):
        blob = getattr(value, "_blob", None)
        oid = getattr(blob, "_p_oid", None) or getattr(aq_base(value), "_p_oid", None)
        return {"file": oid.hex() if oid else "new"}
    if IRichTextValue.providedBy(value):
        return {"raw": comparable(value.raw), "type": value.mimeType}
    if isinstance(value, Mapping):
        rows = {str(key): comparable(item) for key, item in value.items()}
        return {key: item for key, item in rows.items() if item is not None} or None
    if isinstance(value, set | frozenset):
        return sorted((comparable(item) for item in value), key=repr) or None
    if isinstance(value, list | tuple):
        return [row for row in map(comparable, value) if row not in _EMPTY] or None
    return str(value)


def values_of(obj: Any) -> dict[str, Any]:
    """Every element of an object that is not empty."""
    found = {}
    for schema in iterSchemata(obj):
        for name, a_field in getFieldsInOrder(schema):
            if name in SKIPPED or a_field.readonly:
                continue
            value = comparable(stored(obj, a_field))
            if value is not None:
                found[name] = value
    return found


def stored(obj: Any, a_field: Any) -> Any:
    """What an object holds in a field now."""
    manager = queryMultiAdapter((obj, a_field), IDataManager)
    return manager.query() if manager is not None else None


def state_of(obj: Any) -> str:
    """A text that changes with every element of an object, and with nothing else."""
    text = json.dumps(values_of(obj), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


# ----------------------------------------------------------------- what a form carries


@dataclass(frozen=True)
class State:
    """What a form was opened with.

    ``asked`` has those elements for which a choice was asked the last time, with what
    they were when the form was opened first.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    asked: Mapping[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """As a hidden field holds it."""
        data = json.dumps([dict(self.values), dict(self.asked)], ensure_ascii=False)
        packed = zlib.compress(data.encode("utf-8", "surrogatepass"), 9)
        return base64.b64encode(packed).decode()


def read_state(text: Any) -> State | None:
    """The state that a form sent back; None if it sent none, or no whole one."""
    if not isinstance(text, str) or not text:
        return None
    try:
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(base64.b64decode(text, validate=True), LARGEST)
        if not unpacker.eof:
            return None
        values, asked = json.loads(data.decode("utf-8", "surrogatepass"))
    except (binascii.Error, zlib.error, ValueError, TypeError):
        return None
    if not (isinstance(values, dict) and isinstance(asked, dict)):
        return None
    return State(values, asked)


@dataclass(frozen=True)
class Row:
    """One element that somebody else changed meanwhile."""

    name: str
    base: Any
    now: Any
    mine: Any
    #: whether both changed it, so that somebody has to choose
    conflict: bool


def newer(
    state: State,
    now: Mapping[str, Any],
    mine: Mapping[str, Any],
    choices: Mapping[str, str],
) -> list[Row]:
    """What was changed meanwhile, or was asked and is not chosen yet.

    :param now: what is stored, by element.
    :param mine: what was sent, by element; others are not looked at.
    """
    found = []
    for name, value in mine.items():
        base, there = state.values.get(name), now.get(name)
        if name in state.asked:
            chosen = choices.get(name)
            if chosen == THEIRS:
                value = base
            elif chosen != MINE and value != there:
                found.append(Row(name, state.asked[name], there, value, True))
                continue
        if there in (base, value):
            continue
        found.append(Row(name, base, there, value, value != base))
    return found


def chosen(names: Iterable[str], form: Mapping[str, Any]) -> dict[str, str]:
    """What was chosen for each element."""
    found = {name: form.get(f"{CHOICE}.{name}") for name in names}
    return {name: value for name, value in found.items() if value in (MINE, THEIRS)}


# ------------------------------------------------------------------------ sentences


def who_saved(obj: Any) -> tuple[str, str, datetime.datetime | None]:
    """Name, hour and moment of the last save, empty where nobody knows."""
    found = queryUtility(ILastSave)
    last = found.last(obj) if found is not None else None
    if last is None:
        return "", "", None
    name, moment = last
    return name, moment.strftime("%H:%M"), moment


def open_elsewhere(obj: Any) -> Message | None:
    """Who else has the form of this open, if that keeps nobody away from it."""
    lockable = ILockable(obj, None)
    info = lockable.lock_info() if lockable is not None else ()
    me = api.user.get_current().getId()
    if not info or info[0]["creator"] == me or not info[0]["type"].stealable:
        return None
    other = api.user.get(userid=info[0]["creator"])
    name = other.getProperty("fullname", "") if other is not None else ""
    return _(
        "open_elsewhere",
        default="${person} has this open as well. You can go on: whoever saves later "
        "is shown first what the other one changed.",
        mapping={"person": name or info[0]["creator"]},
    )


def saved_meanwhile(obj: Any, date: str) -> Message:
    """The sentence on the form."""
    name, hour, _moment = who_saved(obj)
    if not name:
        return _(
            "saved_meanwhile_somebody",
            default="Somebody saved this while you had the form open. Nothing was "
            "overwritten, and everything that you typed is still here. Look at the "
            "differences and save again.",
        )
    return _(
        "saved_meanwhile",
        default="${person} saved this on ${date} at ${time}, while you had the form "
        "open. Nothing was overwritten, and everything that you typed is still here. "
        "Look at the differences and save again.",
        mapping={"person": name, "date": date, "time": hour},
    )


def changed_since(obj: Any, date: str) -> Message:
    """The sentence over REST."""
    name, hour, _moment = who_saved(obj)
    if not name:
        return _(
            "changed_since_somebody",
            default="This was saved by somebody else since you read it. Nothing was "
            "overwritten. Read it again and repeat your change.",
        )
    return _(
        "changed_since",
        default="${person} saved this on ${date} at ${time}, after you had read it. "
        "Nothing was overwritten. Read it again and repeat your change.",
        mapping={"person": name, "date": date, "time": hour},
    )


def in_full(moment: datetime.datetime | None) -> Message:
    """A date as people write it."""
    if moment is None:
        return _("today")
    return _(
        "date_in_full",
        default="${year}-${month}-${day}",
        mapping={
            "year": str(moment.year),
            "month": str(moment.month),
            "day": str(moment.day),
        },
    )


# ----------------------------------------------------------------------------- REST


class PreconditionFailed(Exception):
    """Something is no longer what the client has read; answered as 412."""


def tag_of(obj: Any) -> str:
    """The entity tag of an object's state, for ``If-Match``."""
    return f'"{state_of(obj)}"'


def tags(header: str | None) -> Iterator[str]:
    """The tags of an ``If-Match``; a proxy may have made them weak on the way."""
    for part in (header or "").split(","):
        yield part.strip().removeprefix("W/")
