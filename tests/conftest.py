"""Fixtures: ``integration``/``functional`` (empty site), ``demo``/``demo_functional``.

A layer is set up once in a run, and only when a test of this run asks for it. All
layers of one process share Zope's stack of databases: while the demonstration site is
set up, tests of the empty site would see it. So tests run in the order plain, empty
site, demonstration site, and the demonstration site is set up after the last test of
the empty one.
"""

from collections.abc import Iterator
from pathlib import Path
from plone.testing.layer import Layer
from pytest_plone import fixtures_factory
from zhinan.testing import ACCEPTANCE_TESTING
from zhinan.testing import DEMO_FUNCTIONAL_TESTING
from zhinan.testing import DEMO_INTEGRATION_TESTING
from zhinan.testing import FUNCTIONAL_TESTING
from zhinan.testing import INTEGRATION_TESTING
from zope.pytestlayer.fixture import teardown_layer

import os
import pytest
import shutil


pytest_plugins = ["pytest_plone"]

LAYERS = (
    (INTEGRATION_TESTING, "integration"),
    (FUNCTIONAL_TESTING, "functional"),
    (DEMO_INTEGRATION_TESTING, "demo"),
    (DEMO_FUNCTIONAL_TESTING, "demo_functional"),
    (ACCEPTANCE_TESTING, "acceptance"),
)
DEMONSTRATION = {"demo", "demo_functional", "acceptance"}

globals().update(fixtures_factory(LAYERS, keep_session=False))


def _prefixes(item: pytest.Item) -> set[str]:
    """Layers that a test asks for, by the name of their fixture."""
    wanted = set(getattr(item, "fixturenames", ()))
    return {
        prefix
        for _layer, prefix in LAYERS
        if wanted & {prefix, f"{prefix}_class", f"{prefix}_session"}
    }


def _order(item: pytest.Item) -> int:
    prefixes = _prefixes(item)
    if prefixes & DEMONSTRATION:
        return 2
    return 1 if prefixes else 0


def _with_bases(layer: Layer) -> Iterator[Layer]:
    yield layer
    for base in layer.__bases__:
        yield from _with_bases(base)


def _depth(layer: Layer) -> int:
    return 1 + max((_depth(base) for base in layer.__bases__), default=0)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Plain tests first, those of the demonstration site last."""
    items.sort(key=_order)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Keep the layers of this test until the end of the run."""
    prefixes = _prefixes(item)
    for layer, prefix in LAYERS:
        if prefix in prefixes:
            keep = item.session.zopelayer_state.keep_for_whole_session
            keep.update(_with_bases(layer))


@pytest.fixture(autouse=True)
def _no_anchors_of_others() -> Iterator[None]:
    """Files outlive the database of a test; the next one has its own."""
    yield
    folder = os.environ.get("ZHINAN_TRAIL_ANCHORS")
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
    calendar = os.environ.get("ZHINAN_CALENDAR_FILE")
    if calendar:
        Path(calendar).unlink(missing_ok=True)


@pytest.fixture(autouse=True, scope="session")
def _layers_end(request: pytest.FixtureRequest, generate_mo: None) -> Iterator[None]:
    """Take the layers down at the end, the topmost first.

    The message catalogues are compiled before a layer loads the ZCML.
    """
    yield
    state = request.session.zopelayer_state
    for layer in sorted(state.current, key=_depth, reverse=True):
        teardown_layer(layer, request)
