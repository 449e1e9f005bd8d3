"""Commands that read: pure ones open no database, the others open it read-only."""

from .local import opened
from .terminal import Refusal
from .terminal import Terminal
from .terminal import text
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import json


_SUFFIXES = {".xlsx": "xlsx", ".json": "json", ".zip": "zip"}


@contextmanager
def site(options: Namespace) -> Iterator[Any]:
    """The site as it is now, read-only, seen by the person who is named.

    :raises Refusal: if there is no such site or person.
    """
    with opened(Path(options.home), read_only=True) as app:
        from zhinan.jobs import office
        from zhinan.jobs import store
        from zhinan.jobs.acting import acting
        from zhinan.jobs.acting import person_of

        try:
            path = office.site_path(app, options.site)
        except office.Refused as refusal:
            raise Refusal("said", sentence=refusal.args[0]) from refusal
        found = app.unrestrictedTraverse(path)
        user = person_of(found, options.user)
        if user is None:
            raise Refusal("no_person", person=options.user)
        known = store.of(found)
        address = (known and known.address) or f"http://localhost:8080{path}"
        with acting(app, path, user, address) as portal:
            yield portal


def target(options: Namespace) -> Path:
    """The file to write, which must not be there yet.

    :raises Refusal: if it is, or if its folder is not.
    """
    path = Path(options.output)
    if path.exists() and not options.force:
        raise Refusal("exists", path=path)
    if not path.parent.is_dir():
        raise Refusal("not_writable", path=path)
    return path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path beside the target that takes its place when all went well."""
    fresh = path.with_name(f".{path.name}.part")
    try:
        yield fresh
        fresh.replace(path)
    except PermissionError as error:
        raise Refusal("not_writable", path=path) from error
    finally:
        fresh.unlink(missing_ok=True)


def export(options: Namespace, terminal: Terminal) -> int:
    """``zhinan export``."""
    path = target(options)
    name = options.format or _SUFFIXES.get(path.suffix.lower(), "")
    if not name:
        raise Refusal("which_format", path=path)
    with site(options) as portal, replacing(path) as fresh:
        from zhinan.exchange import exporting

        count = exporting.export(
            portal,
            name,
            fresh,
            codes=options.department,
            states=options.state,
            registers=options.registers,
        )
    terminal.line(text("exported", path=path, count=count))
    return 0


def export_template(options: Namespace, terminal: Terminal) -> int:
    """``zhinan export-template``."""
    path = target(options)
    if options.pure:
        from zhinan.exchange import exporting

        with replacing(path) as fresh:
            exporting.export_template(fresh)
    else:
        with site(options), replacing(path) as fresh:
            from zhinan.exchange import exporting

            exporting.export_template(fresh, None)
    terminal.line(text("written", path=path))
    return 0


def verify(options: Namespace, terminal: Terminal) -> int:
    """``zhinan verify``: status 1 if something is not as it should be."""
    with site(options) as portal:
        from zhinan.exchange.verifying import verify as look

        found = look(portal)
        for problem in found.problems:
            terminal.line(problem)
    key = "verify_bad" if found.problems else "verify_fine"
    terminal.line(
        text(
            key,
            objects=found.objects,
            files=found.files,
            problems=len(found.problems),
        )
    )
    return 1 if found.problems else 0


def verify_editions(options: Namespace, terminal: Terminal) -> int:
    """``zhinan editions verify``: status 1 if anything is not as it was frozen."""
    with site(options) as portal:
        from zhinan.publishing.verifying import verify as look

        found = look(portal)
        values = {
            "histories": found.histories,
            "editions": found.editions,
            "files": found.files,
            "seconds": round(found.seconds, 2),
        }
        if options.json:
            faults = [fault.plain() for fault in found.faults]
            told = {"fine": found.fine, **values, "faults": faults}
            terminal.line(json.dumps(told, ensure_ascii=False))
            return 0 if found.fine else 1
        for fault in found.faults:
            terminal.line(fault.sentence())
    key = "editions_fine" if found.fine else "editions_bad"
    terminal.line(text(key, problems=len(found.faults), **values))
    return 0 if found.fine else 1


def check_mapping(options: Namespace, terminal: Terminal) -> int:
    """``zhinan check-mapping FILE``; opens no database."""
    from .writing import readable
    from zhinan.rules import sources

    path = readable(options.file)
    try:
        mapping = sources.parse_bytes(path.read_bytes())
    except sources.MappingRefused as refusal:
        terminal.line(refusal.chinese())
        return 1
    terminal.line(text("mapping_fine", path=path, count=len(mapping.fields)))
    return 0


def schema(options: Namespace, terminal: Terminal) -> int:
    """``zhinan schema``; opens no database."""
    from zhinan.rules.interchange import json_schema

    terminal.line(json.dumps(json_schema(), ensure_ascii=False, indent=2))
    return 0
