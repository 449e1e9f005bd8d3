"""``zhinan trail``: look at the trail, check it, take it along; it only reads."""

from .reading import replacing
from .reading import site
from .reading import target
from .terminal import Refusal
from .terminal import Terminal
from .terminal import text
from argparse import Namespace
from datetime import datetime
from datetime import timedelta
from pathlib import Path
from typing import Any

import json


def verify(options: Namespace, terminal: Terminal) -> int:
    """``zhinan trail verify``: status 1 if anything is not as it was written."""
    folder = Path(options.anchors) if options.anchors else None
    if folder is not None and not folder.is_dir():
        raise Refusal("no_folder", path=folder)
    with site(options) as portal:
        from zhinan.trail.verifying import verify as look

        found = look(portal, folder)
        values = {
            "chains": found.chains,
            "entries": found.entries,
            "events": found.events,
            "anchors": found.anchors,
            "seconds": round(found.seconds, 2),
        }
        problems = found.sentences()
        if options.json:
            told = {
                "fine": found.fine,
                **values,
                "faults": [fault.plain() for fault in found.faults],
                "troubles": found.troubles,
                "remarks": found.remarks,
            }
            terminal.line(json.dumps(told, ensure_ascii=False))
            return 0 if found.fine else 1
        for sentence in (*problems, *found.remarks):
            terminal.line(sentence)
    key = "trail_fine" if found.fine else "trail_bad"
    terminal.line(text(key, problems=len(problems), **values))
    return 0 if found.fine else 1


def show(options: Namespace, terminal: Terminal) -> int:
    """``zhinan trail show UID|PATH``."""
    with site(options) as portal:
        from zhinan.trail import store

        name = options.what
        entries = store.entries(name, portal)
        if not entries:
            from plone.uuid.interfaces import IUUID

            there = portal.unrestrictedTraverse(_inside(portal, name), None)
            uid = IUUID(there, None) if there is not None else None
            entries = store.entries(uid, portal) if uid else []
        if not entries:
            raise Refusal("trail_none", what=name)
        for entry in entries:
            if options.json:
                from dataclasses import asdict

                terminal.line(json.dumps(asdict(entry), ensure_ascii=False))
            else:
                terminal.line(_line(entry))
    return 0


def _inside(portal: Any, name: str) -> str:
    """A path relative to the site, given with or without that of the site."""
    own = "/".join(portal.getPhysicalPath())
    return name.removeprefix(own).strip("/")


def _line(entry: Any) -> str:
    """One entry on one line."""
    from zhinan.trail.moments import CITY_TIME

    moment = datetime.fromisoformat(entry.at).astimezone(CITY_TIME)
    who = entry.who or text("trail_stranger")
    if entry.function:
        who = f"{who} ({entry.function})"
    parts = [f"{entry.n:>4}", f"{moment:%Y-%m-%d %H:%M:%S}", entry.act, who]
    if entry.before or entry.after:
        parts.append(f"{entry.before or '–'} → {entry.after or '–'}")
    if entry.fields:
        parts.append(text("trail_fields", fields=", ".join(sorted(entry.fields))))
    if entry.edition:
        parts.append(entry.edition)
    if entry.note:
        parts.append(" ".join(entry.note.split()))
    return "  ".join(parts)


def _day(value: str, after: int = 0) -> datetime | None:
    from zhinan.trail.moments import CITY_TIME

    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value).replace(tzinfo=CITY_TIME)
    except ValueError as error:
        raise Refusal("no_day", day=value) from error
    return moment + timedelta(days=after)


def export(options: Namespace, terminal: Terminal) -> int:
    """``zhinan trail export``: one JSON a line, the oldest first."""
    path = target(options)
    start, end = _day(options.since), _day(options.until, 1)
    count = 0
    with site(options) as portal, replacing(path) as fresh:
        from zhinan.trail import store
        from zhinan.trail.exporting import plain

        with fresh.open("w", encoding="utf-8") as stream:
            for row in store.between(
                start,
                end,
                department=options.department,
                events=options.events,
                site=portal,
            ):
                stream.write(json.dumps(plain(row, portal), ensure_ascii=False) + "\n")
                count += 1
    terminal.line(text("exported", path=path, count=count))
    return 0


def new_key(options: Namespace, terminal: Terminal) -> int:
    """``zhinan trail new-key``: only where the key is lost for good."""
    with site(options) as portal:
        from zhinan.trail import keys
        from zhinan.trail import store

        try:
            if keys.current() is not None:
                raise Refusal("key_there", path=keys.path())
            made = keys.make(replaces=store.peek(portal).key)
        except keys.KeyTrouble as trouble:
            raise Refusal("said", sentence=str(trouble)) from trouble
        terminal.line(text("key_made", path=keys.path(), name=made.name))
    return 0
