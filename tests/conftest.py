"""Fixtures: ``integration``/``functional`` (empty site), ``demo``/``demo_functional``."""

from pytest_plone import fixtures_factory
from zhinan.testing import ACCEPTANCE_TESTING
from zhinan.testing import DEMO_FUNCTIONAL_TESTING
from zhinan.testing import DEMO_INTEGRATION_TESTING
from zhinan.testing import FUNCTIONAL_TESTING
from zhinan.testing import INTEGRATION_TESTING


pytest_plugins = ["pytest_plone"]

globals().update(
    fixtures_factory(
        (
            (ACCEPTANCE_TESTING, "acceptance"),
            (DEMO_FUNCTIONAL_TESTING, "demo_functional"),
            (DEMO_INTEGRATION_TESTING, "demo"),
            (FUNCTIONAL_TESTING, "functional"),
            (INTEGRATION_TESTING, "integration"),
        )
    )
)
