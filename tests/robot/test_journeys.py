"""The journeys of tests/robot in a real browser, against the demonstration site."""

from pathlib import Path
from plone import api
from plone.app.testing import login
from plone.app.testing import logout
from plone.app.testing import SITE_OWNER_NAME
from zhinan.jobs.thread import JobThread
from zhinan.signin.passwords import site_guard
from zhinan.signin.settings import ISignInSettings
from zhinan.site import demo

import os
import pytest
import subprocess
import sys
import transaction


HERE = Path(__file__).parent
JOURNEYS = sorted(path.name for path in HERE.glob("*.robot"))
SECONDS = 300
#: A login that no other journey uses: its password was set by somebody else.
STRANGE = "xinren"


@pytest.fixture
def site(demo_functional):
    """The served site with its demonstration logins, and their passwords."""
    portal = demo_functional["portal"]
    login(demo_functional["app"], SITE_OWNER_NAME)
    passwords = demo.create_logins()
    password = passwords["bianji"]
    api.user.create("xinren@example.com", STRANGE, password, roles=("Member",))
    passwords[STRANGE] = password
    for name in passwords:
        api.user.get(username=name).setSecurityProfile(password=password)
        # They all have set their own, but the one whose journey is about that.
        site_guard().person(name).must_change = name == STRANGE
    api.portal.set_registry_record("force_change", True, ISignInSettings)
    logout()
    transaction.commit()
    # The job thread, which a server's pipeline starts, works beside the pages.
    thread = JobThread(portal._p_jar.db())
    thread.start()
    yield portal.absolute_url(), password
    thread.stop()


@pytest.mark.parametrize("journey", JOURNEYS)
def test_journey(site, journey, tmp_path):
    """Every journey ends well; its log and screenshots stand in the message."""
    url, password = site
    result = subprocess.run(
        [
            sys.executable,
            "-m",
            "robot",
            "--outputdir",
            str(tmp_path),
            "--pythonpath",
            str(HERE),
            "--variable",
            f"SITE:{url}",
            "--variable",
            f"PASSWORD:{password}",
            str(HERE / journey),
        ],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert result.returncode == 0, f"{result.stdout}\n{result.stderr}\n{tmp_path}"
