"""Lists of 5,000 guides for an ordinary editor beside the administrator, in one run.

``python tests/bench/lists.py`` makes a site in this process: 14 departments, 5,000
guides, every second one a draft, each owned by a department. Then both persons ask for
the same list in turn, editor and administrator, administrator and editor, so that a
machine that is slow for a while is slow for both. Printed are the medians and the median
of the ratios, by the clock and by the processor: server and client are one process, and
a busy machine changes its processor's time less. Nobody may be much slower for having
fewer rights.
"""

from base64 import b64encode
from http.client import HTTPConnection
from pathlib import Path
from plone import api
from plone.app.robotframework.server import Zope2Server
from plone.app.testing import SITE_OWNER_NAME
from plone.dexterity.utils import addContentToContainer
from plone.dexterity.utils import createContent
from plone.testing import zope
from statistics import median
from urllib.parse import quote
from zhinan.interfaces import IZhinanLayer
from zhinan.rules.permissions import group_id
from zope.component.hooks import setSite
from zope.globalrequest import setRequest
from zope.interface import alsoProvides

import argparse
import json
import logging
import sys
import time
import transaction


LAYER = "zhinan.testing.FUNCTIONAL_TESTING"
DEPARTMENTS = 14
EDITOR, ADMINISTRATOR, PASSWORD = "bianji", "guanli", "bian-ji-2026-bench"
WORD = "许可"
JSON = "application/json"
LISTS = {
    "guides page": ("guides", "text/html"),
    "guides page, one department": ("guides?department=d03", "text/html"),
    "search page": (f"@@search?SearchableText={quote(WORD)}", "text/html"),
    "suggestions": (f"@@ajax-search?SearchableText={quote(WORD)}", "text/html"),
    "tasks": ("@@tasks", "text/html"),
    "catalogue check": ("@@catalogue-check", "text/html"),
    "@search": ("@search?portal_type=MatterGuide&sort_on=sortable_title", JSON),
    "@search, all facts": (
        "@search?portal_type=MatterGuide&sort_on=modified&metadata_fields=_all",
        JSON,
    ),
    "@search, text": (f"@search?SearchableText={quote(WORD)}", JSON),
    "folder": ("guides", JSON),
}


def _put(obj, state: str) -> None:
    """Into a state, whatever the way there."""
    tool = api.portal.get_tool("portal_workflow")
    (workflow,) = tool.getWorkflowsFor(obj)
    status = tool.getStatusOf(workflow.getId(), obj) or {}
    tool.setStatusOf(workflow.getId(), obj, {**status, "review_state": state})
    workflow.updateRoleMappingsFor(obj)


def build(portal, number: int) -> None:
    """Departments, the editor of one of them, and guides of all."""
    for index in range(DEPARTMENTS):
        code = f"d{index:02d}"
        department = api.content.create(
            portal["departments"],
            "Department",
            id=code,
            title=f"嘉峪关市示例{index}局",
            short_name=f"示例{index}局",
            code=code,
        )
        _put(department, "published")
        department.reindexObject()
    # Both are people of the site: checking a password takes the same time for both.
    for name, group in (
        (EDITOR, group_id("d03", "editor")),
        (ADMINISTRATOR, "Site Administrators"),
    ):
        api.user.create(f"{name}@example.com", name, PASSWORD, roles=("Member",))
        api.group.add_user(groupname=group, username=name)
    # Neither versions nor a line of the outbox for each: lists know of neither.
    api.portal.get_tool("portal_repository").setVersionableContentTypes([])
    folder = portal["guides"]
    for index in range(number):
        code = f"d{index % DEPARTMENTS:02d}"
        guide = createContent(
            "MatterGuide",
            id=f"s{index:05d}",
            title=f"示例设施{index}设置许可",
            description="要在公共场所设置示例设施的单位，设置前到这里申请。",
            department=code,
            owner_department=code,
            catalog_code=f"6210{index:05d}001",
            themes=["construction"],
            service_targets=["2"],
        )
        made = addContentToContainer(folder, guide, checkConstraints=False)
        if (index // DEPARTMENTS) % 2:
            _put(made, "published")
            made.reindexObject()
        if index % 250 == 249:
            transaction.commit()
            portal._p_jar.cacheGC()
            print(f"{index + 1} guides", file=sys.stderr)
    transaction.commit()


class Person:
    """Asks over one connection."""

    def __init__(self, site: str, name: str, password: str):
        host, self._root = site.removeprefix("http://").split("/", 1)
        self._connection = HTTPConnection(host, timeout=600)
        token = b64encode(f"{name}:{password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {token}"}

    def seconds(self, path: str, accept: str) -> tuple[float, float]:
        """Seconds of clock and processor for the whole answer; it must be 200."""
        headers = {**self._headers, "Accept": accept}
        start, busy = time.perf_counter(), time.process_time()
        self._connection.request("GET", f"/{self._root}/{path}", headers=headers)
        answer = self._connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status}")
        return time.perf_counter() - start, time.process_time() - busy


def main() -> int:
    """Measure and print a table; ``--json FILE`` keeps the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guides", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = Zope2Server()
    server.start_zope_server(LAYER)
    setSite(None)
    server.zodb_setup()
    portal = server.zope_layer["portal"]
    found: dict[str, dict[str, list[tuple[float, float]]]] = {}
    try:
        setSite(portal)
        request = portal.REQUEST
        alsoProvides(request, IZhinanLayer)
        setRequest(request)
        zope.login(portal.aq_parent["acl_users"], SITE_OWNER_NAME)
        build(portal, options.guides)
        site = f"http://localhost:{server.zope_layer['port']}/{portal.getId()}"
        people = {
            "editor": Person(site, EDITOR, PASSWORD),
            "administrator": Person(site, ADMINISTRATOR, PASSWORD),
        }
        for name, (path, accept) in LISTS.items():
            times: dict = {person: [] for person in people}
            for person in people.values():
                person.seconds(path, accept)
            order = list(people)
            for _round in range(options.rounds):
                for person in order:
                    times[person].append(people[person].seconds(path, accept))
                order.reverse()
            found[name] = times
    finally:
        setSite(None)
        server.zodb_teardown()
    print(
        f"{'list':<30}{'editor ms':>11}{'admin. ms':>11}{'ratio':>8}{'processor':>11}"
    )
    for name, times in found.items():
        pairs = list(zip(times["editor"], times["administrator"], strict=True))
        clock, busy = (median(one[n] / two[n] for one, two in pairs) for n in (0, 1))
        one, two = (median(t[0] for t in times[p]) * 1000 for p in times)
        print(f"{name:<30}{one:>11.1f}{two:>11.1f}{clock:>8.2f}{busy:>11.2f}")
    if options.json:
        options.json.write_text(json.dumps(found, indent=2), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
