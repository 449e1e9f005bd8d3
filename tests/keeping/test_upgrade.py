"""Sites that older versions have made are brought up to date: the setup of a new one,
and all content as it was. The snapshots are made by ``make_snapshot.py``.
"""

from .served import Site
from jobs.live import ROOT
from pathlib import Path

import json
import pytest
import shutil
import tarfile


SNAPSHOTS = sorted(Path(__file__).with_name("data").glob("*.tar.xz"))
SCRIPT = Path(__file__).with_name("setup_facts.py")


def facts(site, **environment):
    """Run the upgrade steps and tell how a site is set up."""
    target = site.home / "facts.json"
    site.environment |= {"SETUP_FACTS": str(target), "ZHINAN_JOBS": "0", **environment}
    conf = site.home / "parts" / "instance" / "etc" / "zope.conf"
    site.run(str(ROOT / "bin" / "zconsole"), "run", str(conf), str(SCRIPT))
    return json.loads(target.read_text("utf-8"))


@pytest.fixture(scope="module")
def fresh(stopped_site, tmp_path_factory):
    """How a new site is set up."""
    site = Site.copy(stopped_site, tmp_path_factory.mktemp("fresh") / "home")
    return facts(site)


def different(wanted, found, path=""):
    """Where two values differ, as lines."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        lines = []
        for name in sorted({*wanted, *found}):
            here = f"{path}/{name}"
            if name not in found:
                lines.append(f"{here}: missing")
            elif name not in wanted:
                lines.append(f"{here}: left over")
            else:
                lines += different(wanted[name], found[name], here)
        return lines
    return [] if wanted == found else [f"{path}: {found!r} instead of {wanted!r}"]


def opened(snapshot, home):
    """A site with the data of a snapshot."""
    site = Site(home)
    for name in ("filestorage", "blobstorage"):
        shutil.rmtree(home / "var" / name)
    with tarfile.open(snapshot) as archive:
        archive.extractall(home / "var", filter="data")
    return site


@pytest.mark.parametrize("snapshot", SNAPSHOTS, ids=lambda path: path.name[:11])
def test_an_old_site_becomes_a_new_one(snapshot, fresh, tmp_path):
    """Types, workflows, roles, permissions, indexes, records; and the content."""
    site = opened(snapshot, tmp_path / "home")
    path = site.home / "var" / "expected.json"
    expected = json.loads(path.read_text("utf-8"))
    found = facts(site, EXPECTED=str(path))
    assert found["pending"] == 0
    lines = different(fresh["setup"], found["setup"])
    assert not lines, "\n".join(lines[:60])
    for address, wanted in expected.items():
        there = found["content"][address]
        for name in ("type", "uid", "title", "state"):
            assert there[name] == wanted[name], address
        assert there["files"].items() >= wanted["files"].items(), address
        assert there["description"] == wanted["values"].get("description", "")
        assert there["found"] == [f"/zhinan/{address}"]
        assert there["page"] > 1000, address
    assert site.zhinan("verify").returncode == 0


def test_each_version_of_the_profile_has_a_snapshot():
    """Whoever raises the version adds a snapshot of the one before."""
    steps = (ROOT / "profiles" / "configure.zcml").read_text("utf-8")
    known = {path.name.partition(".")[0] for path in SNAPSHOTS}
    for version in known:
        assert f'source="{version}"' in steps
    assert steps.count("source=") == len(known)
