"""One measurement of ``imports.py``: run by ``zconsole run`` on a fresh copy."""

from AccessControl.SecurityManagement import newSecurityManager
from pathlib import Path
from plone import api
from Testing.makerequest import makerequest
from zhinan.exchange.owners import derived_code
from zhinan.interfaces import IZhinanLayer
from zhinan.jobs import runner
from zhinan.jobs import store
from zhinan.rules import sources
from zhinan.rules.sourcerecords import records
from zope.component.hooks import setSite
from zope.globalrequest import setRequest
from zope.interface import alsoProvides

import json
import os
import time
import transaction


TYPES = ["Department", "MatterGuide", "Material"]
BATCH = 50


def by_import(site, path):
    """The job, from its start to its report."""
    job = store.start(
        "import",
        {
            "format": "jsonl",
            "mapping": "guangdong",
            "mode": "apply",
            "create_departments": True,
        },
        files={"source": path},
    )
    runner.run_waiting(site)
    assert job.state == store.DONE, job.reason


def by_loop(site, path):
    """Plain creation of the same objects with the same values."""
    with path.open("rb") as stream:
        found = list(records(stream, sources.get("guangdong")))
    known = set()
    for number, record in enumerate(found, 1):
        code = derived_code(record.owner_credit_code)
        if code not in known:
            known.add(code)
            api.content.create(
                site["departments"],
                "Department",
                title=record.owner_name,
                short_name=record.owner_name[:40],
                code=code,
                credit_code=record.owner_credit_code,
            )
        guide = api.content.create(
            site["guides"], "MatterGuide", department=code, **record.values
        )
        for material in record.children or ():
            api.content.create(guide, "Material", **material.values)
        if number % BATCH == 0:
            transaction.commit()
    transaction.commit()


def main(app):
    """Measure one way; the last line of the output is JSON."""
    app = makerequest(app)
    setRequest(app.REQUEST)
    alsoProvides(app.REQUEST, IZhinanLayer)
    person = app.acl_users.getUserById(os.environ["BENCH_PERSON"])
    newSecurityManager(None, person.__of__(app.acl_users))
    site = app["zhinan"]
    setSite(site)
    way = {"import": by_import, "loop": by_loop}[os.environ["BENCH_MODE"]]
    path = Path(os.environ["BENCH_FILE"])
    started, worked = time.perf_counter(), time.process_time()
    way(site, path)
    seconds = time.perf_counter() - started
    cpu = time.process_time() - worked
    transaction.begin()
    setSite(site)
    catalog = api.portal.get_tool("portal_catalog")
    objects = len(catalog.unrestrictedSearchResults(portal_type=TYPES))
    print(json.dumps({"seconds": seconds, "cpu": cpu, "objects": objects}))


main(app)  # noqa: F821  (bound by zconsole)
