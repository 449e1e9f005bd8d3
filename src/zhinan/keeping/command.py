"""Commands of safe keeping: ``backup``, ``restore``, ``verify-backup``, ``backups``.

They work on files beside the site, running or not, and load nothing of Plone.
"""

from .depot import Depot
from .depot import KeepingRefused
from .depot import Manifest
from .place import Place
from argparse import ArgumentParser
from argparse import Namespace
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any
from zhinan.departments.citytime import CITY_TIME
from zhinan.rules import retention

import functools
import json
import os


#: Where the settings of the daily backup stand; they are the command's defaults, too.
FOLDER, RULE = "ZHINAN_BACKUP_DIR", "ZHINAN_BACKUP_KEEP"
MESSAGES: dict[str, str] = json.loads(
    (files(__package__) / "messages.json").read_text("utf-8")
)
Run = Callable[[Namespace, Any], int]
#: Problems that are shown one by one.
SHOWN = 50


def text(key: str, **values: object) -> str:
    """A sentence with its values filled in."""
    return MESSAGES[key].format(**values)


def size(number: int) -> str:
    """A size as people say it."""
    value, unit = float(number), "B"
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if value < 1000 or unit == "TB":
            break
        value /= 1000
    return f"{value:.0f} {unit}" if unit in {"B", "KB"} else f"{value:.1f} {unit}"


def moment(manifest: Manifest) -> str:
    """When a backup was begun, in the city's time."""
    return f"{manifest.moment.astimezone(CITY_TIME):%Y-%m-%d %H:%M:%S}"


def _refusing(run: Run) -> Run:
    """What cannot be done is one sentence and status 1."""

    @functools.wraps(run)
    def refusing(options: Namespace, terminal: Any) -> int:
        try:
            return run(options, terminal)
        except KeepingRefused as refusal:
            terminal.error(text(refusal.key, **refusal.values))
        except retention.NoRule as refusal:
            terminal.error(text("no_rule", text=refusal))
        except OSError as error:
            terminal.error(text("disk", reason=error))
        return 1

    return refusing


def register(add: Callable[[str, Run, str], ArgumentParser]) -> None:
    """Add the commands.

    :param add: takes name, function and description; gives the command's parser.
    """
    default = os.environ.get(FOLDER, "")

    def folder(parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder",
            metavar="DIR",
            nargs="?" if default else None,  # type: ignore[arg-type]
            default=default,
            help=text("help_folder"),
        )

    new = add("backup", backup, text("help_backup"))
    folder(new)
    new.add_argument(
        "--keep",
        default=os.environ.get(RULE) or str(retention.Rule()),
        help=text("help_keep"),
    )
    new.add_argument("--full", action="store_true", help=text("help_full"))
    new.add_argument("--verify", action="store_true", help=text("help_only_verify"))

    new = add("verify-backup", verify, text("help_verify"))
    folder(new)
    new.add_argument("--at", default="", help=text("help_at"))

    folder(add("backups", listing, text("help_list")))

    new = add("restore", restore, text("help_restore"))
    folder(new)
    new.add_argument("--at", default="", help=text("help_at"))
    new.add_argument("--into", default="", metavar="HOME", help=text("help_into"))


def _depot(options: Namespace) -> Depot:
    return Depot(Path(options.folder).absolute())


@_refusing
def backup(options: Namespace, terminal: Any) -> int:
    """``zhinan backup``: 0 when it is whole, also if blobs of the site are missing."""
    if options.verify:
        options.at = ""
        return verify(options, terminal)
    from .backup import back_up

    rule = retention.parse(options.keep)
    place = Place(Path(options.home).absolute())
    made = back_up(place, _depot(options), rule, full=options.full)
    found = made.manifest
    if options.json:
        told = {
            "backup": found.stamp,
            "moment": found.data["moment"],
            "tid": found.data["tid"],
            "full": made.full,
            "blobs": len(found.blobs),
            "copied": made.copied,
            "written": made.written,
            "removed": made.removed,
            "missing": found.data["missing"],
            "seconds": round(made.seconds, 3),
        }
        terminal.line(json.dumps(told, ensure_ascii=False))
    else:
        kind = text("kind_full" if made.full else "kind_added")
        terminal.line(
            text(
                "made",
                stamp=found.stamp,
                kind=kind,
                blobs=len(found.blobs),
                copied=made.copied,
                written=size(made.written),
                removed=made.removed,
                seconds=f"{made.seconds:.1f}",
            )
        )
        _elsewhere(found, terminal)
    for oid, tid in found.data["missing"][:SHOWN]:
        terminal.error(text("site_lacks_blob", oid=oid, tid=tid))
    return 0


def _elsewhere(manifest: Manifest, terminal: Any) -> None:
    for file in manifest.data["kept_elsewhere"]:
        terminal.line(text("keep_elsewhere", path=file["path"], id=file["id"]))


@_refusing
def verify(options: Namespace, terminal: Any) -> int:
    """``zhinan verify-backup``: all backups, or one; 1 if something is wrong."""
    from .restore import choose

    depot = _depot(options)
    depot.need()
    wrong, count, seen = 0, 0, set[str]()
    with depot.locked(alone=False):
        stamps = [choose(depot, options.at).stamp] if options.at else depot.stamps()
        for stamp in stamps:
            manifest = depot.manifest(stamp)
            count += 1
            if manifest is None:
                wrong += 1
                terminal.line(text("manifest_broken", stamp=stamp))
                continue
            for problem in depot.verify(manifest, seen):
                wrong += 1
                terminal.line(text(problem.key, stamp=stamp, name=problem.name))
    if not stamps:
        terminal.error(text("no_whole_backup", path=depot.folder))
        return 1
    key = "verified_bad" if wrong else "verified_fine"
    terminal.line(text(key, count=count, files=len(seen), problems=wrong))
    return 1 if wrong else 0


@_refusing
def listing(options: Namespace, terminal: Any) -> int:
    """``zhinan backups``."""
    depot = _depot(options)
    depot.need()
    for stamp in depot.stamps():
        found = depot.manifest(stamp)
        if options.json:
            told = {"backup": stamp, "whole": found is not None}
            if found is not None:
                told |= {"moment": found.data["moment"], "size": found.size}
            terminal.line(json.dumps(told))
        elif found is None:
            terminal.line(text("manifest_broken", stamp=stamp))
        else:
            kind = text("kind_full" if found.chain == stamp else "kind_added")
            terminal.line(
                f"{stamp}  {moment(found)}  {kind}  {size(found.size)}  "
                f"{text('blobs', number=len(found.blobs))}"
            )
    return 0


@_refusing
def restore(options: Namespace, terminal: Any) -> int:
    """``zhinan restore``."""
    from .restore import Damaged
    from .restore import restore as bring_back

    home = Path(options.into or options.home).absolute()
    depot = _depot(options)
    try:
        made = bring_back(depot, Place(home), options.at)
    except Damaged as damage:
        for problem in damage.problems[:SHOWN]:
            terminal.line(text(problem.key, stamp=problem.stamp, name=problem.name))
        terminal.error(text("damaged", count=len(damage.problems)))
        return 1
    terminal.line(
        text(
            "restored",
            stamp=made.manifest.stamp,
            moment=moment(made.manifest),
            home=home,
            size=size(made.manifest.data["data"]["size"]),
            blobs=made.blobs,
        )
    )
    for path, mark, there in made.by_hand:
        key = "by_hand_there" if there else "by_hand"
        terminal.line(text(key, path=home / path, id=mark))
    for oid, tid in made.manifest.data["missing"][:SHOWN]:
        terminal.error(text("site_lacks_blob", oid=oid, tid=tid))
    terminal.line(text("after_restore"))
    return 0
