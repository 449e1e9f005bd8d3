"""Where Plone shows more than a person may see, and is made to ask first.

The platform's own types and texts point to our content; what they tell of it is asked
of the person who reads, as on every page of ours.
"""

from plone import api
from plone.app.uuid.browser import RedirectToUUIDView
from plone.app.uuid.utils import uuidToObject
from plone.base.interfaces import IPloneSiteRoot
from plone.dexterity.interfaces import IDexterityContent
from plone.outputfilters.browser.resolveuid import ResolveUIDView
from plone.outputfilters.filters.resolveuid_and_caption import (
    ResolveUIDAndCaptionFilter,
)
from plone.outputfilters.interfaces import IFilter
from plone.restapi.interfaces import IFieldSerializer
from plone.restapi.serializer.dxfields import DefaultFieldSerializer
from plone.restapi.serializer.relationfield import RelationListFieldSerializer
from plone.restapi.services.linkintegrity.get import LinkIntegrityGet
from plone.restapi.services.relations.get import GetRelations
from Products.CMFCore.interfaces import IContentish
from typing import Any
from z3c.relationfield.interfaces import IRelationChoice
from z3c.relationfield.interfaces import IRelationList
from zExceptions import Unauthorized
from zhinan import _
from zhinan.interfaces import IZhinanLayer
from zope.component import adapter
from zope.globalrequest import getRequest
from zope.i18n import translate
from zope.interface import implementer
from ZPublisher.interfaces import IPubAfterTraversal


def may_view(obj: Any) -> bool:
    """Whether the person who is logged in, or the public, may view an object."""
    return bool(api.user.has_permission("View", obj=obj))


# ---------------------------------------------------------------------- relations


@adapter(IRelationChoice, IDexterityContent, IZhinanLayer)
@implementer(IFieldSerializer)
class RelationChoice(DefaultFieldSerializer):
    """A relation over REST, if its target may be viewed.

    The stock serializer gives title, description and address of whatever the relation
    leads to, to everybody who may read the page that has it.
    """

    def get_value(self, default: Any = None) -> Any:
        """The relation, or nothing."""
        value = super().get_value(default)
        target = getattr(value, "to_object", None)
        return value if target is not None and may_view(target) else default


@adapter(IRelationList, IDexterityContent, IZhinanLayer)
@implementer(IFieldSerializer)
class RelationList(RelationListFieldSerializer):
    """The same for a list of relations, such as related items."""

    def get_value(self, default: Any = None) -> Any:
        """The relations to what may be viewed."""
        found = super().get_value(default)
        return [value for value in found or () if may_view(value.to_object)]


# -------------------------------------------------------------------------- texts


@implementer(IFilter)
class Links(ResolveUIDAndCaptionFilter):
    """Links by UID and pictures in a text, as far as the reader may view them.

    The stock filter asks nobody: a link by UID shows the address of what it leads to,
    and a picture of any address has the title and description of what is there, so
    that whoever can write a text could read them.
    """

    def resolve_link(self, href: str) -> tuple[Any, str, str]:
        """What a link leads to; a link that is not resolved stays as it was written."""
        obj, subpath, appendix = super().resolve_link(href)
        if obj is not None and not may_view(obj):
            return None, href, ""
        return obj, subpath, appendix

    def resolve_image(self, src: str) -> tuple[Any, Any, str, str]:
        """A picture with what is known of it; the written address alone if hidden."""
        image, whole, address, description = super().resolve_image(src)
        if whole is not None and not may_view(whole):
            return None, None, src, ""
        return image, whole, address, description


# ---------------------------------------------------------------------- addresses


def refuse() -> None:
    """Refuse without a word about what was asked for.

    The platform's own sentence names the object.

    :raises Unauthorized: always.
    """
    raise Unauthorized(translate(_("You may not see this."), context=getRequest()))


@adapter(IPubAfterTraversal)
def content_first(event: Any) -> None:
    """Nothing is asked of content that the person may not view.

    Many views of the platform need no permission: they were meant for templates, which
    had asked already, but each has an address (``@@plone_context_state/object_title``
    tells the title of anything), and so has WebDAV.

    :raises Unauthorized: for content that is not to be seen; signing in may help.
    """
    request = event.request
    if not IZhinanLayer.providedBy(request):
        return
    parents = request.get("PARENTS") or ()
    obj = next((item for item in parents if IContentish.providedBy(item)), None)
    if obj is None or IPloneSiteRoot.providedBy(obj) or may_view(obj):
        return
    refuse()


def _ask(uid: str | None) -> None:
    """Whether what has this UID may be viewed; what does not exist is not refused.

    :raises Unauthorized: if it may not.
    """
    obj = uuidToObject(uid, unrestricted=True) if uid else None
    if obj is not None and not may_view(obj):
        refuse()


class ResolveUID(ResolveUIDView):
    """``resolveuid/<uid>``: to the address, for who may view what is there.

    The stock view redirects everybody, and the address often tells the title.
    """

    def __call__(self) -> Any:
        """The redirection."""
        _ask(self.uuid)
        return super().__call__()


class RedirectToUUID(RedirectToUUIDView):
    """``@@redirect-to-uuid/<uid>``: the same."""

    def __call__(self) -> Any:
        """The redirection."""
        _ask(self.uuid)
        return super().__call__()


class LinkIntegrity(LinkIntegrityGet):
    """``@linkintegrity``: the stock refusal tells the id of what has the UID."""

    def reply(self) -> Any:
        """The stock answer for what may be viewed."""
        uids = self.request.form.get("uids") or []
        for uid in [uids] if isinstance(uids, str) else uids:
            _ask(uid)
        return super().reply()


class Relations(GetRelations):
    """``@relations``: the same for source and target."""

    def reply(self) -> Any:
        """The stock answer for what may be viewed."""
        for name in ("source", "target"):
            _ask(self.request.get(name))
        return super().reply()
