"""One form for what the public reads, so that equal content has an equal checksum.

Canonical JSON: keys sorted, no spaces, UTF-8, no escapes beyond those that JSON asks
for, empty values left out, line ends single. Numbers are whole, keys are ASCII; so the
text is also that of RFC 8785, which a receiver in another language can make again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import datetime
import json
import re


_SURROGATE = re.compile("[\ud800-\udfff]")
_EMPTY: tuple[Any, ...] = (None, "", [], {})


def plain(value: Any) -> Any:
    """The value as JSON knows it; what says nothing becomes None or is left out.

    Order of keys, kind of line ends, and whether an empty element is there or not make
    no difference; order of a list does.

    :raises TypeError: for a value without one clear text, such as a set or a fraction.
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        text = value.replace("\r\n", "\n").replace("\r", "\n")
        return _SURROGATE.sub("\ufffd", text)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        found = {}
        for key, item in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise TypeError(f"no key for canonical JSON: {key!r}")
            made = plain(item)
            if made not in _EMPTY:
                found[key] = made
        return found
    if isinstance(value, list | tuple):
        rows = [plain(item) for item in value]
        return [row for row in rows if row not in _EMPTY]
    raise TypeError(f"no canonical text for {type(value).__name__}")


def canonical(value: Any) -> bytes:
    """The canonical JSON of a value, UTF-8."""
    return json.dumps(
        plain(value),
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        allow_nan=False,
    ).encode("utf-8")


def checksum(text: bytes) -> str:
    """SHA-256 of a canonical text, 64 hexadecimal digits."""
    return sha256(text).hexdigest()


@dataclass(frozen=True)
class Difference:
    """What differs between two contents, in names that the tables can say in words.

    ``kind`` is ``element``, ``added``, ``removed`` or ``altered`` (a material), or
    ``reordered`` (the materials). ``parts`` of an altered material are its elements;
    ``forms`` among them stands for its forms and their files.
    """

    kind: str
    name: str = ""
    title: str = ""
    parts: tuple[str, ...] = ()


def _names(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """Names whose values differ, those of the new content first."""
    names = [*new, *(name for name in old if name not in new)]
    return tuple(name for name in names if old.get(name) != new.get(name))


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """What a reader of the old content has to read again in the new one.

    Both are contents as :func:`plain` gives them: ``elements``, and ``materials`` in
    order, each with ``id``, ``elements`` and ``forms``.
    """
    found = [
        Difference("element", name)
        for name in _names(old.get("elements", {}), new.get("elements", {}))
    ]
    before = {row["id"]: row for row in old.get("materials", ())}
    after = {row["id"]: row for row in new.get("materials", ())}
    for key, row in after.items():
        title = str(row.get("elements", {}).get("title", ""))
        if key not in before:
            found.append(Difference("added", key, title))
        elif row != before[key]:
            parts = _names(before[key].get("elements", {}), row.get("elements", {}))
            if row.get("forms") != before[key].get("forms"):
                parts += ("forms",)
            found.append(Difference("altered", key, title, parts))
    for key, row in before.items():
        if key not in after:
            title = str(row.get("elements", {}).get("title", ""))
            found.append(Difference("removed", key, title))
    kept = [key for key in after if key in before]
    if kept != [key for key in before if key in after]:
        found.append(Difference("reordered"))
    return found
