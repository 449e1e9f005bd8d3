"""My desk and its lists on a site of 5,000 guides, for people of one department.

``python tests/bench/desk.py`` makes the site of ``lists.py`` and gives its guides what
happens on their way: a third of the drafts of each department is the editor's, a third
waits for a reviewer, a third for a publisher; of what is online half is to be looked at
again. Printed are median and slowest of the answers, by the clock.
"""

from lists import _put
from lists import build
from lists import EDITOR
from lists import LAYER
from lists import PASSWORD
from lists import Person
from plone import api
from plone.app.robotframework.server import Zope2Server
from plone.app.testing import SITE_OWNER_NAME
from plone.testing import zope
from statistics import median
from zhinan.departments.citytime import today
from zhinan.interfaces import IZhinanLayer
from zhinan.publishing import rounds
from zhinan.rules.permissions import group_id
from zope.component.hooks import setSite
from zope.globalrequest import setRequest
from zope.interface import alsoProvides

import argparse
import datetime
import logging
import sys
import transaction


PEOPLE = {
    EDITOR: ("editor",),
    "shenhe": ("reviewer",),
    "fuzeren": ("editor", "reviewer", "publisher", "head"),
}
PAGES = (
    "@@desk",
    "@@work?list=drafts",
    "@@work?list=to_review",
    "@@work?list=review_due",
    "@@work-xlsx?list=review_due",
    "guides",
)


def go_on(portal) -> None:
    """What happened to the guides on their way."""
    for name, functions in PEOPLE.items():
        if api.user.get(userid=name) is None:
            api.user.create(f"{name}@example.com", name, PASSWORD, roles=("Member",))
        for function in functions:
            api.group.add_user(groupname=group_id("d03", function), username=name)
    store = rounds.prepare(portal)
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    for number, brain in enumerate(
        portal.portal_catalog(portal_type="MatterGuide", show_inactive=True)
    ):
        day = datetime.timedelta(days=number % 40)
        if brain.review_state == "published":
            due = today() - day + datetime.timedelta(days=20)
            store.stand(brain.UID, rounds.Standing(next_review=due))
        else:
            state = ("draft", "in_review", "approved")[number % 3]
            known = {"drafted_by": (EDITOR,), "submitted_by": EDITOR}
            if state != "draft":
                obj = brain.getObject()
                _put(obj, state)
                obj.reindexObject()
                known["submitted_at"] = now - day
            store.put(brain.UID, rounds.Round(**known))
        if number % 500 == 499:
            transaction.commit()
            portal._p_jar.cacheGC()
    transaction.commit()


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guides", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=11)
    options = parser.parse_args()
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = Zope2Server()
    server.start_zope_server(LAYER)
    setSite(None)
    server.zodb_setup()
    portal = server.zope_layer["portal"]
    rows = []
    try:
        setSite(portal)
        alsoProvides(portal.REQUEST, IZhinanLayer)
        setRequest(portal.REQUEST)
        zope.login(portal.aq_parent["acl_users"], SITE_OWNER_NAME)
        build(portal, options.guides)
        go_on(portal)
        site = f"http://localhost:{server.zope_layer['port']}/{portal.getId()}"
        for name in (*PEOPLE, "guanli"):
            person = Person(site, name, PASSWORD)
            for path in PAGES:
                if name not in {"fuzeren", "guanli"} and (
                    ("to_review" in path and name == EDITOR)
                    or ("drafts" in path and name == "shenhe")
                ):
                    continue
                kind = "text/html"
                first = person.seconds(path, kind)[0]
                times = [person.seconds(path, kind)[0] for _n in range(options.rounds)]
                rows.append((name, path, first, median(times), max(times)))
    finally:
        setSite(None)
        server.zodb_teardown()
    print(f"{'person':<10}{'page':<30}{'first ms':>10}{'median':>10}{'slowest':>10}")
    for name, path, *times in rows:
        figures = "".join(f"{seconds * 1000:>10.0f}" for seconds in times)
        print(f"{name:<10}{path:<30}{figures}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
