"""The enquiry (咨询) as content: what a person asked, and what the department said."""

from plone.autoform import directives
from plone.dexterity.content import Item
from plone.indexer import indexer
from plone.supermodel import model
from zhinan import _
from zhinan.departments.content import IDepartmental
from zhinan.trail.interfaces import ITrailFields
from zhinan.trail.watched import Watched
from zope import schema
from zope.component import adapter
from zope.interface import implementer


PORTAL_TYPE = "Enquiry"
WORKFLOW = "zhinan_enquiry_workflow"
#: What tells who asked; taken off when the enquiry is closed.
CONTACT = ("sender_name", "sender_phone", "sender_email")
#: Longest question and answer, in characters.
LONGEST = 2000


class IEnquiry(model.Schema):
    """Enquiry (咨询): one person's question to one department."""

    title = schema.TextLine(title=_("In short"), max_length=100)
    sender_name = schema.TextLine(title=_("Asked by"), required=False, max_length=50)
    sender_phone = schema.TextLine(title=_("Telephone"), required=False, max_length=20)
    sender_email = schema.TextLine(title=_("E-mail"), required=False, max_length=100)
    # Who may read it hangs on the department: it is moved by its transition alone.
    directives.write_permission(department="cmf.ManagePortal")
    department = schema.Choice(title=_("Department"), vocabulary="zhinan.departments")
    matter = schema.TextLine(title=_("Matter"), required=False, max_length=200)
    question = schema.Text(title=_("Question"), max_length=LONGEST)
    publish_answer = schema.Bool(
        title=_("The answer may be made public"), required=False, default=False
    )
    directives.write_permission(answer="cmf.ManagePortal")
    answer = schema.Text(title=_("Answer"), required=False)


@implementer(IEnquiry, IDepartmental)
class Enquiry(Item):
    """A question, kept where only its department reads it."""


@indexer(IEnquiry)
def searchable_text(obj: Enquiry) -> str:
    """What staff look for; the catalogue shows it to those who may read it."""
    names = ("matter", "question", "answer", *CONTACT)
    return "\n".join(filter(None, (getattr(obj, name, None) for name in names)))


@implementer(ITrailFields)
@adapter(IEnquiry)
class WatchedEnquiry(Watched):
    """An enquiry's title is the beginning of what a person wrote: no trail keeps it."""

    title = ""
