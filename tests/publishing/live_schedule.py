"""Run by ``zconsole run``: guides that wait for their time, or how they stand.

``ZHINAN_TEST_IN``: in how many seconds from the end of this script to publish; without
it, what became of all is printed. The last line is JSON.
"""

from AccessControl.SecurityManagement import newSecurityManager
from plone import api
from Testing.makerequest import makerequest
from zhinan.guides.requirementsettings import IRequirementSettings
from zhinan.interfaces import IZhinanLayer
from zhinan.publishing import editions
from zhinan.publishing import rounds
from zhinan.publishing import schedule
from zhinan.publishing import steps
from zhinan.publishing.transitions import perform
from zhinan.rules.requirements import requirements
from zope.component.hooks import setSite
from zope.globalrequest import setRequest
from zope.interface import alsoProvides

import datetime
import json
import os
import transaction


def settle(site, seconds):
    """One guide for a moment, and a second one a few seconds later."""
    # The guides here are short ones.
    api.portal.set_registry_record("off", list(requirements()), IRequirementSettings)
    ready = []
    for number in range(2):
        obj = api.content.create(
            site.guides, "MatterGuide", id=f"g{number}", title=f"定时事项{number}"
        )
        perform(obj, "submit")
        perform(obj, "approve")
        ready.append(obj)
    due = steps.now() + datetime.timedelta(seconds=seconds)
    for number, obj in enumerate(ready):
        at = due + datetime.timedelta(seconds=3 * number)
        perform(obj, "schedule", publish_at=at, note="定时发布")
    transaction.commit()
    print(json.dumps({"due": due.timestamp()}))


def tell(site):
    """What became of them."""
    found = {}
    for obj in site.guides.objectValues():
        made = editions.current(obj)
        found[obj.getId()] = {
            "state": steps.state_of(obj),
            "editions": len(editions.peek(site).all(obj.UID())),
            "published": made.moment.timestamp() if made else None,
        }
    taken = [
        {"due": one.due.timestamp(), "late": one.late, "outcome": one.outcome}
        for one in schedule.peek(site).taken.values()
    ]
    due = len(rounds.peek(site).due)
    print(json.dumps({"guides": found, "taken": taken, "due": due}))


app = makerequest(globals()["app"])
setRequest(app.REQUEST)
alsoProvides(app.REQUEST, IZhinanLayer)
newSecurityManager(None, app.acl_users.getUserById("admin").__of__(app.acl_users))
setSite(app.zhinan)
seconds = os.environ.get("ZHINAN_TEST_IN")
if seconds:
    settle(app.zhinan, int(seconds))
else:
    tell(app.zhinan)
