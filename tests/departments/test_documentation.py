"""The exchanges about rights in docs/rest.md are what a site really answers.

``ZHINAN_WRITE_EXAMPLES=1 pytest tests/departments/test_documentation.py`` writes them
anew; without it a difference fails.
"""

from . import people
from .test_confidentiality import form_version
from .test_confidentiality import ROWS
from plone import api
from plone.app.testing import login
from plone.app.testing import SITE_OWNER_NAME
from rest.client import Client
from rest.examples import PAGE
from rest.examples import Recorder
from zhinan.interfaces import IZhinanLayer
from zope.interface import alsoProvides

import datetime
import os
import pytest
import re
import transaction


RENEW = "ZHINAN_WRITE_EXAMPLES"
PASSWORD = "wen-dang-2026-ceshi"
NAMES = {
    "editor_own": "张编辑",
    "reader_own": "李同志",
    "publisher_own": "王发布",
    "head_own": "赵主任",
    "site_administrator_any": "周站长",
}
_BLOCK = re.compile(
    r"(<!-- recorded: (?P<name>[a-z_]+) -->\n)(?:```http\n.*?```\n)*", re.DOTALL
)
_ABSENCE = re.compile(r"@absences/[0-9a-f]{16}")
DAY, NEXT = datetime.date(2026, 12, 7), datetime.date(2026, 12, 11)


@pytest.fixture
def recorded(functional, monkeypatch):
    """The exchanges about one draft."""
    monkeypatch.setattr(
        "zhinan.departments.citytime.today", lambda: datetime.date(2026, 12, 1)
    )
    portal = functional["portal"]
    login(functional["app"], SITE_OWNER_NAME)
    people.add_departments(portal)
    people.add_people()
    alsoProvides(portal.REQUEST, IZhinanLayer)
    for name, fullname in NAMES.items():
        user = api.user.get(userid=name)
        user.setMemberProperties({"fullname": fullname})
        portal.acl_users.source_users.updateUserPassword(name, PASSWORD)
    portal.acl_users.source_users.updateUserPassword("agent_any", PASSWORD)
    guide, _material, version = form_version(portal, "draft", file_levels=ROWS)
    transaction.commit()
    base = portal.absolute_url()
    path, form = (o.absolute_url().removeprefix(f"{base}/") for o in (guide, version))
    recorder = Recorder(base)
    keep = recorder.keep

    def client(name):
        return Client(base, (name, PASSWORD))

    with client("head_own") as head, client("editor_own") as editor:
        question = f"{path}/@why?user=reader_own&right=submit"
        keep("why_get", head.get(question))
        with client("agent_any") as agent:
            keep("why_denied", agent.get(f"{path}/@why"))
        keep("who_can_get", head.get(f"{path}/@who-can?right=submit"))
        keep("sharing_shut", head.get(f"{path}/@sharing"))
        answer = editor.get(form).json()
        keep(
            "file_closed",
            editor.get(form),
            lambda _body: {n: answer[n] for n in ("@id", "filled_sample", "files")},
        )
        wish = {"owner_department": people.OTHER, "note": "职能调整"}
        keep("owner_refused", editor.patch(path, json=wish))
        keep("owner_conflict", head.post(f"{path}/@owner", json=wish), without_people)
        wish |= {"co_owners": [people.OWNER]}
        keep("owner_post", head.post(f"{path}/@owner", json=wish), without_people)
        absence = {
            "person": "publisher_own",
            "substitute": "editor_own",
            "start": DAY.isoformat(),
            "until": NEXT.isoformat(),
        }
        entered = head.post("@absences", json=absence)
        keep("absence_post", entered)
    return {
        name: tuple(_ABSENCE.sub("@absences/0123456789abcdef", part) for part in parts)
        for name, parts in recorder.texts.items()
    }


def without_people(body):
    """One change stands for all."""
    for name in ("preview", "changed"):
        if name in body:
            body[name]["changes"] = body[name]["changes"][:1]
    return body


def page_with(text, texts):
    """The page with its exchanges renewed."""

    def block(match):
        fences = [f"```http\n{part}```\n" for part in texts[match["name"]]]
        return match[1] + "".join(fences)

    return _BLOCK.sub(block, text)


def test_the_page_says_what_a_site_answers(recorded):
    """Protects: no exchange about rights in the docs differs from a real one."""
    page = PAGE.read_text("utf-8")
    named = {match["name"] for match in _BLOCK.finditer(page)}
    assert named == set(recorded)
    if os.environ.get(RENEW) == "1":
        PAGE.write_text(page_with(page, recorded), encoding="utf-8")
    assert PAGE.read_text("utf-8") == page_with(page, recorded), (
        f"renew the page with {RENEW}=1"
    )
