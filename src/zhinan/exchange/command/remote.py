"""The site's process as a command sees it: orders over its socket, no Plone here."""

from .terminal import Said
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zhinan.jobs import wire


class Remote:
    """The jobs of a running site."""

    def __init__(self, socket_path: Path, site: str, person: str):
        self.path = socket_path
        self.site = site
        self.person = person

    def _ask(
        self, question: dict[str, Any], files: tuple[Path, ...] = ()
    ) -> Iterator[tuple[dict[str, Any], Any]]:
        """The answers to a question, each with the stream behind it."""
        question = {"site": self.site, "person": self.person, **question}
        with (
            wire.connect(self.path) as connection,
            connection.makefile("rwb") as stream,
        ):
            wire.send(stream, question)
            for path in files:
                wire.send_file(stream, path)
            # A job may take its time between two answers.
            connection.settimeout(None)
            while (answer := wire.receive(stream)) is not None:
                if not answer.get("ok"):
                    raise Said(str(answer.get("say", "")))
                yield answer, stream

    def start(
        self, kind: str, params: dict[str, Any], files: dict[str, Path], key: str
    ) -> str:
        """Start a job; its id."""
        entries = [
            {"name": name, "size": path.stat().st_size} for name, path in files.items()
        ]
        question = {"do": "start", "kind": kind, "params": params, "key": key}
        for answer, _stream in self._ask(
            {**question, "files": entries}, tuple(files.values())
        ):
            return str(answer["job"])
        raise wire.NoServer(str(self.path))

    def watch(self, job: str) -> Iterator[dict[str, Any]]:
        """How a job stands, at each change until it has ended."""
        for answer, _stream in self._ask({"do": "watch", "job": job}):
            yield answer

    def cancel(self, job: str) -> bool:
        """Ask that a job ends; whether it still could be asked."""
        return any(a["asked"] for a, _s in self._ask({"do": "cancel", "job": job}))

    def jobs(self) -> list[dict[str, Any]]:
        """The newest jobs."""
        return [job for a, _s in self._ask({"do": "jobs"}) for job in a["jobs"]]

    def fetch(self, job: str, name: str, target: Path) -> None:
        """Write a file of a result to a path."""
        for answer, stream in self._ask({"do": "file", "job": job, "name": name}):
            with target.open("wb") as out:
                wire.receive_file(stream, answer["size"], out)
            return
