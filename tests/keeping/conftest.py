"""One empty site, made once; what a test needs is a copy."""

from .served import Site

import pytest
import signal


@pytest.fixture(scope="session")
def stopped_site(tmp_path_factory):
    """A site that nobody serves."""
    found = Site(tmp_path_factory.mktemp("source"))
    found.create()
    return found


@pytest.fixture
def site(stopped_site, tmp_path):
    """A copy of it, which the test starts."""
    found = Site.copy(stopped_site, tmp_path / "home")
    yield found
    found.end(signal.SIGKILL)
