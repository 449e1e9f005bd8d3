"""Fixtures: ``integration``/``functional`` (empty site), ``demo``/``demo_functional``.

A layer is set up once in a run, and only when a test of this run asks for it: plain
tests of rules and documents start at once.
"""

from pytest_plone import fixtures_factory
from zhinan.testing import ACCEPTANCE_TESTING
from zhinan.testing import DEMO_FUNCTIONAL_TESTING
from zhinan.testing import DEMO_INTEGRATION_TESTING
from zhinan.testing import FUNCTIONAL_TESTING
from zhinan.testing import INTEGRATION_TESTING

import pytest


pytest_plugins = ["pytest_plone"]

LAYERS = (
    (INTEGRATION_TESTING, "integration"),
    (FUNCTIONAL_TESTING, "functional"),
    (DEMO_INTEGRATION_TESTING, "demo"),
    (DEMO_FUNCTIONAL_TESTING, "demo_functional"),
    (ACCEPTANCE_TESTING, "acceptance"),
)

globals().update(fixtures_factory(LAYERS, keep_session=False))


@pytest.fixture(autouse=True, scope="session")
def _layers_once(request: pytest.FixtureRequest) -> None:
    """Keep every layer that a collected test uses until the end of the run."""
    wanted = {name for item in request.session.items for name in item.fixturenames}
    for _layer, prefix in LAYERS:
        if wanted & {prefix, f"{prefix}_class", f"{prefix}_session"}:
            request.getfixturevalue(f"{prefix}_session")
