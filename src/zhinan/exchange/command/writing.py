"""Commands that write: each starts a job or deals with one."""

from .local import Local
from .local import opened
from .remote import Remote
from .terminal import Refusal
from .terminal import Terminal
from .terminal import text
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any
from zhinan.jobs import wire

import json
import zipfile


#: The file by which a package of ours is known.
PACKAGE = "zhinan.json"
_ENDS = {"done": 0, "failed": 1, "cancelled": 3}


@contextmanager
def site(options: Namespace) -> Iterator[Remote | Local]:
    """The jobs of the site: in its process where that listens, else here."""
    home = Path(options.home)
    path = home / "var" / wire.SOCKET
    try:
        wire.connect(path).close()
    except wire.NoServer:
        with opened(home) as app:
            yield Local(app, options.site, options.user)
    except PermissionError as error:
        raise Refusal("not_owner", path=path) from error
    else:
        yield Remote(path, options.site, options.user)


def follow(options: Namespace, terminal: Terminal, desk: Any, job: str) -> int:
    """Show a job until it has ended; Ctrl-C cancels it, and its end is awaited."""
    state = ""
    watched = desk.watch(job)
    while True:
        try:
            found = next(watched, None)
            if found is None:
                break
            show(options, terminal, found)
            state = found["state"]
        except KeyboardInterrupt:
            terminal.error(text("cancelling"))
            watched.close()
            desk.cancel(job)
            watched = desk.watch(job)
        except (wire.NoServer, wire.Garbled, ConnectionError) as error:
            raise Refusal("hung_up", job=job) from error
    if state not in _ENDS:
        raise Refusal("hung_up", job=job)
    return _ENDS[state]


def show(options: Namespace, terminal: Terminal, found: dict[str, Any]) -> None:
    """One state of a job."""
    if options.json:
        terminal.line(json.dumps(found, ensure_ascii=False))
        return
    terminal.progress(found)
    for message in found["messages"]:
        terminal.error(f"  {message['text']}")
    if found["state"] in _ENDS:
        terminal.line(
            text(f"state_{found['state']}", title=found["title"], job=found["job"])
        )
        for name, number in found["counts"].items():
            terminal.line(f"  {name}\t{number}")
        if found["reason"]:
            terminal.line(f"  {found['reason']}")
        for name, size in found["files"].items():
            terminal.line(text("result_file", name=name, size=size, job=found["job"]))


def import_matters(options: Namespace, terminal: Terminal) -> int:
    """``zhinan import-matters``."""
    source = readable(options.file)
    files = {"source": source}
    if options.mapping and Path(options.mapping).suffix:
        files["mapping"] = readable(options.mapping)
    params = {
        "filename": source.name,
        "format": form(source) if options.format == "auto" else options.format,
        "mapping": "" if "mapping" in files else options.mapping,
        "mode": "preview" if options.preview else "apply",
        "state": options.state,
        "create_departments": not options.no_new_departments,
    }
    # The same file with the same wishes is the same job while it has not ended: the
    # command called again after an interruption goes on with it.
    digest = sha256(json.dumps(params, sort_keys=True).encode())
    for path in files.values():
        digest.update(path.read_bytes())
    with site(options) as desk:
        job = desk.start("import", params, files, digest.hexdigest())
        if options.detach and isinstance(desk, Remote):
            terminal.line(text("detached", job=job))
            return 0
        status = follow(options, terminal, desk, job)
        if options.report:
            report(desk, job, Path(options.report), terminal)
        return status


def form(path: Path) -> str:
    """The format of a file, by what it begins with; its reader has the last word."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return "zip" if PACKAGE in archive.namelist() else "xlsx"
    with path.open("rb") as stream:
        head = stream.read(4096)
    if head[:4] in {b"PK\x03\x04", b"\xd0\xcf\x11\xe0"}:
        return "xlsx"
    return "json" if b'"schema"' in head else "jsonl"


def report(desk: Any, job: str, target: Path, terminal: Terminal) -> None:
    """Fetch the report of an import, if there is one."""
    last = list(desk.watch(job))[-1]
    for name in last["files"]:
        if name.endswith(".xlsx"):
            desk.fetch(job, name, target)
            terminal.line(text("written", path=target))
            return
    terminal.line(text("no_report"))


def readable(name: str) -> Path:
    """A file that is there and can be read."""
    path = Path(name)
    try:
        with path.open("rb"):
            return path
    except IsADirectoryError as error:
        raise Refusal("is_a_folder", path=name) from error
    except FileNotFoundError as error:
        raise Refusal("no_file", path=name) from error
    except OSError as error:
        raise Refusal("not_readable", path=name) from error


def list_jobs(options: Namespace, terminal: Terminal) -> int:
    """``zhinan jobs``."""
    with site(options) as desk:
        found = desk.jobs()
    for job in found:
        if options.json:
            terminal.line(json.dumps(job, ensure_ascii=False))
        else:
            total = f"/{job['total']}" if job["total"] else ""
            terminal.line(
                f"{job['job']}  {text('short_' + job['state'])}  "
                f"{job['done']}{total}  {job['title']}  {job['person']}"
            )
    if not found and not options.json:
        terminal.line(text("no_jobs"))
    return 0


def show_job(options: Namespace, terminal: Terminal) -> int:
    """``zhinan job ID``: follow it to its end."""
    with site(options) as desk:
        return follow(options, terminal, desk, options.job)


def cancel_job(options: Namespace, terminal: Terminal) -> int:
    """``zhinan cancel ID``."""
    with site(options) as desk:
        asked = desk.cancel(options.job)
        terminal.line(text("asked" if asked else "ended_already", job=options.job))
        return 0 if asked else 1


def fetch_result(options: Namespace, terminal: Terminal) -> int:
    """``zhinan result ID NAME``."""
    target = Path(options.output or Path(options.name).name)
    with site(options) as desk:
        desk.fetch(options.job, options.name, target)
    terminal.line(text("written", path=target))
    return 0
