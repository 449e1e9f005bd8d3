"""A site that was exported and imported elsewhere is the same site, file by file."""

from jobs.live import Live
from plone import api
from zhinan.exchange.exporting import export

import json
import pytest
import zipfile


@pytest.fixture
def package(demo, tmp_path):
    """The demonstration site with all registers as one package."""
    path = tmp_path / "site.zip"
    with api.env.adopt_roles(["Manager"]):
        export(demo["portal"], "zip", path, registers=True, restricted=False)
    return path


def everything(path):
    """The document of a package by section, and the names of its files."""
    with zipfile.ZipFile(path) as archive:
        document = json.loads(archive.read("zhinan.json"))
        names = sorted(archive.namelist())
    # When and from where: all that may differ.
    for key in ("exported", "site"):
        document.pop(key)
    return document, names


def test_an_empty_site_becomes_the_same(package, tmp_path):
    """UIDs, addresses, states, every element, and every file by its checksum."""
    live = Live(tmp_path / "home")
    live.create()
    output = live.zhinan(
        "--json", "import-matters", "--state", "source", str(package)
    ).stdout
    found = json.loads(output.splitlines()[-1])
    assert found["state"] == "done"
    again = tmp_path / "again.zip"
    live.zhinan("export", "--registers", "-o", str(again))
    before, after = everything(package), everything(again)
    assert before[1] == after[1]
    assert len(before[0]["guides"]) == 32
    assert before[0] == after[0]
    assert live.zhinan("verify").returncode == 0
    unchanged = live.zhinan(
        "--json", "import-matters", "--state", "source", str(package)
    ).stdout
    counts = json.loads(unchanged.splitlines()[-1])["counts"]
    assert list(counts.values()) == [sum(counts.values())]
