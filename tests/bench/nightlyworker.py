"""One measurement of ``nightly.py``: run by ``zconsole run`` on a fresh site."""

from AccessControl.SecurityManagement import newSecurityManager
from pathlib import Path
from plone import api
from Testing.makerequest import makerequest
from waitress.server import create_server
from zhinan.guides import quality
from zhinan.guides.nightly import KIND
from zhinan.guides.requirementsettings import change
from zhinan.interfaces import IZhinanLayer
from zhinan.jobs import runner
from zhinan.jobs import store
from zope.component.hooks import setSite
from zope.globalrequest import setRequest
from zope.interface import alsoProvides
from ZPublisher.WSGIPublisher import publish_module

import json
import os
import subprocess
import sys
import threading
import time
import transaction


READER = """
import json, sys, time
from http.client import HTTPConnection
port, seconds, paths = int(sys.argv[1]), float(sys.argv[2]), sys.stdin.read().split()
connection, times, end = HTTPConnection("127.0.0.1", port), [], time.time() + seconds
while time.time() < end:
    start = time.perf_counter()
    connection.request("GET", paths[len(times) % len(paths)])
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200, answer.status
    times.append(time.perf_counter() - start)
    time.sleep(0.05)
times.sort()
print(json.dumps({"pages": len(times), "median": times[len(times) // 2],
                  "p95": times[int(len(times) * 0.95)]}))
"""
#: Seconds for which pages are read without the check.
ALONE = 15


def reader(port, paths, seconds):
    """A process that reads pages for so long."""
    process = subprocess.Popen(
        [sys.executable, "-c", READER, str(port), str(seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    process.stdin.write("\n".join(paths))
    process.stdin.close()
    return process


def told(process):
    """What a reader has measured."""
    text = process.stdout.read()
    process.wait()
    return json.loads(text)


def check(site):
    """The check, from its start to its end; seconds and bytes written."""
    storage = site._p_jar.db().storage
    size, start = storage.getSize(), time.perf_counter()
    job = store.start(KIND)
    runner.run_waiting(site)
    assert job.state == store.DONE, job.reason
    return time.perf_counter() - start, storage.getSize() - size


def main(app):
    """Import, serve, check; the last line of the output is JSON."""
    app = makerequest(app)
    setRequest(app.REQUEST)
    alsoProvides(app.REQUEST, IZhinanLayer)
    person = app.acl_users.getUserById(os.environ["BENCH_PERSON"])
    newSecurityManager(None, person.__of__(app.acl_users))
    site = app["zhinan"]
    setSite(site)
    job = store.start(
        "import",
        {
            "format": "jsonl",
            "mapping": "guangdong",
            "mode": "apply",
            "state": "published",
            "create_departments": True,
        },
        files={"source": Path(os.environ["BENCH_FILE"])},
    )
    runner.run_waiting(site)
    assert job.state == store.DONE, job.reason
    setSite(site)
    # The net of this machine is no part of what is measured.
    change({"links": False})
    transaction.commit()
    brains = api.portal.get_tool("portal_catalog").unrestrictedSearchResults(
        portal_type="MatterGuide", review_state="published"
    )
    paths = [brain.getPath() for brain in brains][::7]
    server = create_server(publish_module, host="127.0.0.1", port=0, threads=4)
    threading.Thread(target=server.run, daemon=True).start()
    port = server.effective_port
    before = told(reader(port, paths, ALONE))
    during = reader(port, paths[::-1], ALONE)
    first, grew = check(site)
    meanwhile = told(during)
    setSite(site)
    second, grew_again = check(site)
    transaction.begin()
    found = {
        "guides": len(quality.peek(site).results),
        "first": first,
        "second": second,
        "grew": grew,
        "grew_again": grew_again,
        "before": before,
        "during": meanwhile,
    }
    print(json.dumps(found))
    sys.stdout.flush()
    os._exit(0)


main(app)  # noqa: F821  (bound by zconsole)
