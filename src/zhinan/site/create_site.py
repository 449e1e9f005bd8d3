"""Create the site: run by ``zconsole run <zope.conf> create_site.py``.

Environment: ``ZHINAN_SITE_ID`` (zhinan), ``ZHINAN_DEMO`` (1 or 0: with demonstration
content and its logins), ``ZHINAN_LOGINS_FILE`` (where the demonstration logins are
written). ``ZHINAN_TRACEBACK`` shows the whole error.

Ends with status 1 and one line when the site could not be made.
"""

from AccessControl.SecurityManagement import newSecurityManager
from plone.distribution.api import site as site_api
from Testing.makerequest import makerequest
from zhinan.site import distribution
from zope.globalrequest import setRequest

import os
import sys
import transaction


def main(app) -> int:
    """Create the site unless it is there; exit status."""
    app = makerequest(app)
    setRequest(app.REQUEST)
    user = next(iter(app.acl_users.getUsers()), None)
    if user is None:
        print("there is no administrator: make one with addzopeuser", file=sys.stderr)
        return 1
    newSecurityManager(None, user.__of__(app.acl_users))
    site_id = os.environ.get("ZHINAN_SITE_ID", "zhinan")
    demo = os.environ.get("ZHINAN_DEMO", "1") == "1"
    if site_id in app.objectIds():
        return 0
    try:
        site_api.create(
            app,
            "zhinan",
            {
                "site_id": site_id,
                "title": distribution.title(demo),
                "description": "",
                "default_language": "zh-cn",
                "portal_timezone": "Asia/Shanghai",
                "setup_content": demo,
            },
        )
        transaction.commit()
    except Exception as error:
        transaction.abort()
        if os.environ.get("ZHINAN_TRACEBACK"):
            raise
        print(" ".join(str(error).split()) or repr(error), file=sys.stderr)
        return 1
    return 0


sys.exit(main(app))  # noqa: F821  (bound by zconsole)
