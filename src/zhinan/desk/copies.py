"""Working copies: opened, compared, brought up to date, thrown away."""

from collections.abc import Iterator
from functools import cached_property
from plone import api
from plone.protect import CheckAuthenticator
from Products.Five.browser import BrowserView
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zExceptions import NotFound
from zhinan import _
from zhinan.departments.citytime import CITY_TIME
from zhinan.departments.people import name_of
from zhinan.guides import copywords
from zhinan.guides import presence
from zhinan.guides import units
from zhinan.guides import workingcopy
from zhinan.guides.content import IMatterGuide
from zhinan.pages.formats import Formats
from zhinan.pages.layout import PublicPage
from zhinan.pages.staff import IStaffTools
from zhinan.publishing.revisions import is_public
from zhinan.rules import merging
from zope.i18nmessageid import Message
from zope.interface import implementer


PERMISSION = "Zhinan: Check out working copies"
#: Before the name of a field that holds a choice.
CHOICE = "choice."


def may_view(obj: Any) -> bool:
    """Whether the person may view it."""
    return obj is not None and bool(api.user.has_permission("View", obj=obj))


def _opened_by(copy: Any, formats: Formats) -> dict[str, str]:
    """Who opened a copy, and when."""
    known = workingcopy.opened(copy)
    if known is None:
        return {}
    moment = known.moment.astimezone(CITY_TIME)
    return {
        "person": name_of(known.who) if known.who else "",
        "date": formats.date(moment.date()),
        "time": moment.strftime("%H:%M"),
    }


class CopyPage(PublicPage):
    """Base of the pages about a working copy."""

    changes_template = ViewPageTemplateFile("templates/unit-changes.pt")
    refused: Message | None = None

    @cached_property
    def guide(self) -> Any:
        """The guide, if it is there and may be viewed."""
        guide = workingcopy.guide_of(self.context)
        return guide if may_view(guide) else None

    @property
    def url(self) -> str:
        """Address of the copy."""
        return self.context.absolute_url()

    @property
    def posted(self) -> bool:
        """Whether a form was sent from this page; 403 if it comes from elsewhere."""
        if self.request.method != "POST":
            return False
        CheckAuthenticator(self.request)
        return True

    def token(self) -> str:
        """The field that proves that the form is ours."""
        return self.context.restrictedTraverse("@@authenticator").authenticator()

    def words(self, old: Any, new: Any) -> list[dict[str, Any]]:
        """What differs between two states, for the template."""
        kinds = {
            "guide": _("The guide itself"),
            "altered": _("part_altered", default="Changed: ${title}"),
            "added": _("part_added", default="New: ${title}"),
            "removed": _("part_removed", default="Taken away: ${title}"),
        }
        return [
            {
                "kind": row.kind,
                "title": self.t(Message(kinds[row.kind], mapping={"title": row.title})),
                "elements": [
                    {"title": title, "rows": rows} for title, rows in row.elements
                ],
            }
            for row in copywords.changes(old, new, self.context, self.t)
        ]


class CheckOutPage(CopyPage):
    """``@@check-out``: open the working copy of a guide, or go to it."""

    template = ViewPageTemplateFile("templates/check-out.pt")
    title = _("Open a working copy")

    def update(self) -> None:
        """Only a form that was sent opens one."""
        copy = workingcopy.copy_of(self.context)
        if copy is None and self.posted:
            try:
                copy = workingcopy.check_out(self.context)
            except workingcopy.AlreadyOpen as refused:
                copy = refused.copy
        if may_view(copy):
            self.request.response.redirect(copy.absolute_url(), status=303)
        elif copy is not None:
            self.refused = _(
                "copy_of_others",
                default="Somebody else is working on this guide in a working copy "
                "that you may not see.",
            )


class ChangesPage(CopyPage):
    """``@@copy-changes``: the copy beside what is online."""

    template = ViewPageTemplateFile("templates/copy-changes.pt")
    title = _("Working copy and guide compared")

    def update(self) -> None:
        """404 where there is nothing to compare with."""
        if self.guide is None:
            raise NotFound
        self.online = units.snapshot(self.guide)

    def changes(self) -> list[dict[str, Any]]:
        """What publishing the copy would change for the readers."""
        return self.words(self.online, units.snapshot(self.context))

    def behind(self) -> bool:
        """Whether something changed online that the copy has not taken over."""
        return bool(workingcopy.changed_online(self.context))


class UpdatePage(CopyPage):
    """``@@copy-update``: take over what changed online, and choose where both did."""

    template = ViewPageTemplateFile("templates/copy-update.pt")
    title = _("Bring the working copy up to date")

    def update(self) -> None:
        """Take it over when everything is chosen."""
        if self.guide is None:
            raise NotFound
        self.choices = {
            name.removeprefix(CHOICE): value
            for name, value in self.request.form.items()
            if name.startswith(CHOICE) and value in (merging.MINE, merging.THEIRS)
        }
        self.conflicts = workingcopy.pending(self.context).conflicts
        self.missing: set[str] = set()
        if not self.posted:
            return
        try:
            workingcopy.bring_up_to_date(self.context, self.choices)
        except workingcopy.Conflicts as found:
            self.missing = {conflict.key for conflict in found.conflicts}
            return
        self.request.response.redirect(self.url, status=303)

    def rows(self) -> list[dict[str, Any]]:
        """The elements that both changed."""
        found = copywords.conflict_rows(self.context, self.conflicts, self.t)
        return [
            {
                "key": row.key,
                "name": f"{CHOICE}{row.key}",
                "id": f"choice-{number}",
                "part": row.part,
                "title": row.title,
                "states": [
                    {"title": self.t(title), "lines": lines}
                    for title, lines in (
                        (_("When the copy was opened"), row.base),
                        (_("Online now"), row.theirs),
                        (_("In the working copy"), row.mine),
                    )
                ],
                "choice": self.choices.get(row.key),
                "missing": row.key in self.missing,
            }
            for number, row in enumerate(found)
        ]

    def taken(self) -> list[dict[str, Any]]:
        """What changed online since the copy was opened."""
        known = workingcopy.opened(self.context)
        return self.words(known.base, units.snapshot(self.guide))


class DiscardPage(CopyPage):
    """``@@discard-copy``: asks first, with what would be lost."""

    template = ViewPageTemplateFile("templates/discard-copy.pt")
    title = _("Throw the working copy away")

    def update(self) -> None:
        """Throw it away when that was confirmed."""
        if not self.posted:
            return
        url = self.guide.absolute_url() if self.guide is not None else self.portal_url
        workingcopy.cancel(self.context)
        self.request.response.redirect(url, status=303)

    def changes(self) -> list[dict[str, Any]]:
        """The work that is in it."""
        if self.guide is None:
            return []
        return self.words(units.snapshot(self.guide), units.snapshot(self.context))


# ------------------------------------------------------------------ on every page


class Band(Formats, BrowserView):
    """``@@staff-page-start``: on a copy and everything in it, of what it is one."""

    template = ViewPageTemplateFile("templates/copy-band.pt")

    def __call__(self) -> str:
        """The band; nothing on what is no working copy."""
        self.copy = workingcopy.whole_of(self.context)
        if self.copy is None or not workingcopy.is_copy(self.copy):
            return ""
        # Nobody but the staff reads it; whatever indexes for the staff shall not.
        self.request.response.setHeader("X-Robots-Tag", "noindex")
        return self.template()

    @cached_property
    def guide(self) -> Any:
        """The guide, if it may be viewed."""
        guide = workingcopy.guide_of(self.copy)
        return guide if may_view(guide) else None

    @property
    def url(self) -> str:
        """Address of the copy."""
        return self.copy.absolute_url()

    def guide_link(self) -> dict[str, str] | None:
        """Address and title: a template would call the guide itself."""
        if self.guide is None:
            return None
        return {"url": self.guide.absolute_url(), "title": self.guide.title}

    def sentence(self) -> str:
        """Since when, and by whom."""
        said = _opened_by(self.copy, self)
        if not said:
            return ""
        return self.t(
            _(
                "copy_opened_by",
                default="opened by ${person} on ${date} at ${time}",
                mapping=said,
            )
        )

    def others(self) -> list[str]:
        """Who else is here."""
        me = api.user.get_current().getId()
        return [
            self.t(
                _(
                    "also_here",
                    default="${person} ${doing}",
                    mapping={"person": here.person, "doing": self.t(here.doing)},
                )
            )
            for here in presence.others(self.copy, me)
        ]

    def behind(self) -> bool:
        """Whether something changed online meanwhile."""
        return self.guide is not None and bool(workingcopy.changed_online(self.copy))

    def may_change(self) -> bool:
        """Whether the person may work on the copy."""
        return bool(api.user.has_permission("Modify portal content", obj=self.copy))


@implementer(IStaffTools)
class Tools:
    """In the bar of a guide: the way to its working copy, and who works there."""

    def links(self, context: Any) -> Iterator[tuple[str, Message]]:
        """For who may open one."""
        if not IMatterGuide.providedBy(context) or workingcopy.is_copy(context):
            return
        if not api.user.has_permission(PERMISSION, obj=context):
            return
        if workingcopy.copy_of(context) is None and is_public(context):
            yield f"{context.absolute_url()}/@@check-out", _("Revise")

    def notes(self, context: Any) -> Iterator[tuple[str, Message]]:
        """For who may see the copy."""
        whole = workingcopy.whole_of(context)
        if whole is None or workingcopy.is_copy(whole):
            return
        copy = workingcopy.copy_of(whole)
        if not may_view(copy):
            return
        known = workingcopy.opened(copy)
        yield (
            copy.absolute_url(),
            _(
                "copy_in_work",
                default="${person} is revising this in a working copy",
                mapping={"person": name_of(known.who) if known.who else ""},
            ),
        )


TOOLS = Tools()


# ------------------------------------------------------------- iterate's own pages


class _Elsewhere(BrowserView):
    target = ""

    def __call__(self) -> None:
        """To our page."""
        url = f"{self.context.absolute_url()}/{self.target}"
        self.request.response.redirect(url, status=303)


class StockCheckOut(_Elsewhere):
    """``@@content-checkout``."""

    target = "@@check-out"


class StockCancel(_Elsewhere):
    """``@@content-cancel-checkout``."""

    target = "@@discard-copy"


class StockChanges(_Elsewhere):
    """``@@iterate_diff``, also of the guide."""

    target = "@@copy-changes"

    def __call__(self) -> None:
        """To our page of the copy."""
        if not workingcopy.is_copy(self.context):
            raise NotFound
        super().__call__()


class Shut(BrowserView):
    """What would copy or merge past the unit, and past every review."""

    def __call__(self) -> None:
        """There is no such page."""
        raise NotFound
