"""Releases, seal records, hand-overs and the calendar as one JSON file.

It goes beside the content that plone.exportimport writes.
"""

from . import releases
from . import seals
from pathlib import Path
from plone import api
from typing import Any
from zhinan.clock import moving as calendar
from zhinan.departments import aliases

import json


NAME = "registers.json"
VERSION = 1


def dump() -> dict[str, Any]:
    """Everything that the registers keep beside the content."""
    found = {
        "version": VERSION,
        "releases": releases.dump(),
        "seal_uses": seals.dump(),
    }
    handed_over = aliases.dump()
    if any(handed_over.values()):
        # Old codes in links and in older files mean today's departments.
        found["handovers"] = handed_over
    kept = calendar.dump(api.portal.get())
    if kept:
        found["calendar"] = kept
    return found


def text() -> str:
    """The same as the text of the file."""
    return json.dumps(dump(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def export(folder: Path) -> Path:
    """Write the file into a folder; its path."""
    path = folder / NAME
    path.write_text(text(), encoding="utf-8")
    return path


def restore(folder: Path) -> int:
    """Read the file of a folder, if it is there; how many rows are new.

    :raises ValueError: if it is of another version, or differs from what is here.
    """
    path = folder / NAME
    if not path.is_file():
        return 0
    data = json.loads(path.read_text(encoding="utf-8"))
    if data.get("version") != VERSION:
        raise ValueError(f"{NAME}: version {data.get('version')!r} is unknown")
    aliases.restore(data.get("handovers") or {})
    return (
        releases.restore(data["releases"])
        + seals.restore(data["seal_uses"])
        + calendar.restore(api.portal.get(), data.get("calendar") or {})
    )
