"""Where enquiries lie, and how one gets there."""

from collections.abc import Mapping
from plone import api
from plone.base.interfaces.constrains import ENABLED
from plone.base.interfaces.constrains import ISelectableConstrainTypes
from plone.dexterity.utils import addContentToContainer
from plone.dexterity.utils import createContent
from plone.dexterity.utils import createContentInContainer
from typing import Any
from zhinan import _
from zhinan.departments import directory
from zhinan.departments.citytime import today
from zhinan.feedback.content import CONTACT
from zhinan.feedback.content import Enquiry
from zhinan.feedback.content import LONGEST
from zhinan.feedback.content import PORTAL_TYPE
from zope.globalrequest import getRequest
from zope.i18n import translate

import hashlib
import json


BOX = "enquiries"
_LINES = (*CONTACT, "matter")
_HEAD = 40


class NotDeliverable(ValueError):
    """No known department, or no question."""


def prepare(site: Any) -> Any:
    """The private folder of the enquiries; made where there is none.

    Nothing can be added to it by hand, and no security check stands in the way of the
    form's action: an applicant has no account.
    """
    if BOX in site.objectIds():
        return site[BOX]
    title = translate(_("Enquiries"), context=getRequest(), target_language="zh_CN")
    box = createContentInContainer(
        site,
        "Folder",
        checkConstraints=False,
        id=BOX,
        title=title,
        exclude_from_nav=True,
    )
    constraints = ISelectableConstrainTypes(box)
    constraints.setConstrainTypesMode(ENABLED)
    constraints.setLocallyAllowedTypes([])
    constraints.setImmediatelyAddableTypes([])
    return box


def keep(values: Mapping[str, Any]) -> tuple[Enquiry, bool]:
    """Keep what was sent through the form; the enquiry, and whether it is new.

    The same text from the same person on the same day is the same enquiry: a page that
    is loaded again or a button that is pressed twice makes no second one.

    :raises NotDeliverable: if no department would ever read it.
    """
    fields = _fields(values)
    if directory.get(fields["department"]) is None or not fields["question"]:
        raise NotDeliverable(fields["department"])
    box = prepare(api.portal.get())
    name = _name(fields)
    if name in box.objectIds():
        return box[name], False
    head = (fields["matter"] or fields["question"]).split("\n")[0]
    enquiry = createContent(PORTAL_TYPE, id=name, title=head[:_HEAD], **fields)
    return addContentToContainer(box, enquiry, checkConstraints=False), True


def _fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that we know, each of them one line where it is a line."""
    found: dict[str, Any] = {
        name: " ".join(str(values.get(name) or "").split()) for name in _LINES
    }
    # A form that was open while departments were merged reaches the new one.
    found["department"] = directory.resolve(str(values.get("department") or ""))
    question = str(values.get("question") or "").replace("\r\n", "\n").strip()
    found["question"] = question[:LONGEST]
    found["publish_answer"] = values.get("publish_answer") is True
    return found


def _name(fields: Mapping[str, Any]) -> str:
    day = today()
    text = json.dumps(fields, sort_keys=True)
    return f"{day:%Y%m%d}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
