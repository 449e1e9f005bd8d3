"""The site with marks and a client for each person."""

from .asking import Client
from .layer import LAYER
from .layer import MARKED
from .world import PASSWORD
from .world import PERSONS
from pytest_plone import fixtures_factory

import pytest


globals().update(fixtures_factory(((LAYER, "marked"),), keep_session=False))


@pytest.fixture
def world(functional_class, marked):
    """The cells, the id of a job of the head, and clients by person."""
    url = marked["portal"].absolute_url()
    clients = {name: Client(url, name, PASSWORD) for name in PERSONS}
    yield MARKED["cells"], MARKED["job"], clients
    for client in clients.values():
        client.close()


@pytest.fixture
def marked_portal(marked):
    """The site, for what is asked without a request over HTTP."""
    return marked["portal"]
