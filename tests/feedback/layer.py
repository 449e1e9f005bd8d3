"""A site with two departments, their people and the consultation form."""

from pathlib import Path
from plone import api
from plone.app.testing import FunctionalTesting
from plone.app.testing import PloneSandboxLayer
from plone.app.testing import SITE_OWNER_NAME
from plone.restapi.interfaces import IDeserializeFromJson
from plone.testing import zope
from plone.testing.zope import WSGI_SERVER_FIXTURE
from typing import Any
from zhinan.interfaces import IZhinanLayer
from zhinan.testing import FIXTURE
from zope.component import getMultiAdapter
from zope.globalrequest import setRequest
from zope.interface import alsoProvides

import runpy
import yaml


SOURCES = Path(__file__).parents[2] / "content" / "sources"
PASSWORD = "zixun-ceshi-2026"
#: Of the tests alone, so that demonstration content on the same site is no matter.
DEPARTMENTS = {"jia": "市甲局", "yi": "市乙局"}
FORM = "ceshi-zixun"


def wording() -> dict[str, Any]:
    """The wording of the form."""
    path = SOURCES / "consultation.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


class ConsultationLayer(PloneSandboxLayer):
    """Two departments with one handler each, and the form, online."""

    defaultBases = (FIXTURE,)

    def setUpPloneSite(self, portal: Any) -> None:
        """Create them as the administrator."""
        request = portal.REQUEST
        alsoProvides(request, IZhinanLayer)
        setRequest(request)
        zope.login(portal.aq_parent["acl_users"], SITE_OWNER_NAME)
        for code, title in DEPARTMENTS.items():
            api.content.create(
                portal["departments"],
                "Department",
                id=code,
                code=code,
                title=f"嘉峪关{title}",
                short_name=title,
            )
            # Nobody asks a department that is still being prepared.
            for step in ("submit", "publish"):
                api.content.transition(portal["departments"][code], step)
            group = f"dept-{code}-handler"
            api.group.create(groupname=group, title=group)
            user = api.user.create(
                email=f"{code}@example.com",
                username=f"{code}-jingban",
                password=PASSWORD,
                properties={"fullname": f"{title}经办"},
            )
            api.group.add_user(groupname=group, user=user)
        form = api.content.create(portal, "EasyForm", id=FORM, title="form")
        deserialize = getMultiAdapter((form, request), IDeserializeFromJson)
        make = runpy.run_path(str(SOURCES / "easyform_item.py"))["easyform_item"]
        deserialize(data=make(wording()))
        api.content.transition(form, "publish")
        zope.logout()
        setRequest(None)


LAYER = FunctionalTesting(
    bases=(ConsultationLayer(), WSGI_SERVER_FIXTURE), name="Zhinan:Consultation"
)
