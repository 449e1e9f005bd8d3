"""Sites of their own on real disks, served by real processes."""

from contextlib import contextmanager
from jobs.live import Live
from pathlib import Path
from rest.client import Client
from zhinan.keeping.place import Place

import os
import pytest
import re
import shutil
import subprocess


LOGIN = ("admin", "secret-admin")
#: Where a small disk can be had without being root.
UNSHARE = ("unshare", "--user", "--map-root-user", "--mount")


class Site(Live):
    """A copy of a site, with another home and port."""

    @classmethod
    def copy(cls, source, home):
        """Copy the data of a site that is stopped."""
        home.mkdir(parents=True, exist_ok=True)
        found = cls(home)
        for name in ("filestorage", "blobstorage"):
            shutil.rmtree(home / "var" / name)
            shutil.copytree(source.home / "var" / name, home / "var" / name)
        found.take_keys(source)
        return found

    def take_keys(self, source):
        """What lies beside the database and is kept apart from its backups."""
        for name in ("trail.key", "signin.key"):
            if (source.home / "var" / name).exists():
                shutil.copy2(source.home / "var" / name, self.home / "var" / name)

    @property
    def place(self):
        """Where its data is."""
        return Place(self.home)

    @property
    def url(self):
        """Its address."""
        return f"http://localhost:{self.port}/zhinan"

    def client(self, login=LOGIN):
        """Asks over HTTP."""
        return Client(self.url, login)

    def configure(self, name, pattern, replacement):
        """Change one of its configuration files."""
        path = self.home / "parts" / "instance" / "etc" / name
        text, count = re.subn(pattern, replacement, path.read_text("utf-8"))
        assert count, name
        path.write_text(text, "utf-8")

    def processor_seconds(self):
        """Processor time that its process has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2]
        ticks = sum(int(field) for field in fields.split()[11:13])
        return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def small_disk(path, megabytes):
    """A disk of its own at a path, or a skipped test where that is not possible."""
    path.mkdir(parents=True, exist_ok=True)
    options = ["-t", "tmpfs", "-o", f"size={megabytes}m,mode=700"]
    found = subprocess.run(
        ["mount", *options, "zhinan-test", str(path)], capture_output=True, check=False
    )
    if found.returncode:
        pytest.skip(f"no disk can be mounted here: {found.stderr.decode().strip()}")
    try:
        yield path
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)


def free(path):
    """Bytes that are free."""
    found = os.statvfs(path)
    return found.f_bavail * found.f_frsize


def fill_up(path, leave):
    """Fill a disk with one file until so many bytes are left."""
    filler = path / "filler"
    with filler.open("ab") as stream:
        while (rest := free(path) - leave) > 0:
            stream.write(b"x" * min(rest, 1 << 20))
            stream.flush()
            if rest < 4096:
                break
    return filler
