"""What the staff does with an edition: correct its note, restore it as a draft."""

from functools import cached_property
from plone.protect import CheckAuthenticator
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zExceptions import NotFound
from zExceptions import Unauthorized
from zhinan import _
from zhinan.guides import editionacts
from zhinan.guides.editioned import full_content
from zhinan.guides.editionsof import content_of
from zhinan.guides.editionsof import edition_day
from zhinan.guides.editionsof import edition_of
from zhinan.guides.editionsof import state_of
from zhinan.guides.editionsof import store_of
from zhinan.guides.editionwords import Section
from zhinan.guides.editionwords import Words
from zhinan.guides.shown import readable
from zhinan.pages.differences import Differences
from zhinan.pages.layout import PublicPage
from zhinan.publishing.editions import Edition
from zhinan.publishing.parameters import LONGEST
from zhinan.publishing.transitions import Refused
from zhinan.publishing.workflow import PUBLISHED
from zhinan.rules.compare import compare


class _OfEdition(PublicPage):
    """A form about one edition; ``?edition=2.0`` names it."""

    entrance = "guides"
    longest = LONGEST
    heading: Any = ""

    @property
    def title(self) -> str:
        """What is done, with which guide."""
        return f"{self.t(self.heading)}: {self.context.title}"

    @cached_property
    def edition(self) -> Edition:
        """The edition.

        :raises NotFound: if there is none with this number.
        """
        wanted = self.request.form.get("edition")
        found = edition_of(self.context, wanted if isinstance(wanted, str) else "")
        if found is None:
            raise NotFound(f"edition {wanted}")
        return found

    @property
    def number(self) -> str:
        """Its number."""
        return str(self.edition.number)

    def called(self) -> str:
        """Number and day."""
        return self.t(
            _(
                "edition_of_day",
                default="edition ${number} (${date})",
                mapping={
                    "number": self.number,
                    "date": self.date(edition_day(self.edition)),
                },
            )
        )

    def said(self, name: str) -> str:
        """What was typed into a field."""
        value = self.request.form.get(name)
        return value if isinstance(value, str) else ""

    def all_url(self) -> str:
        """The page of all editions, at this one."""
        return f"{self.context.absolute_url()}/@@editions#e{self.number}"

    def token(self) -> str:
        """The field that proves that the form is ours."""
        return str(self.context.restrictedTraverse("@@authenticator").authenticator())

    def update(self) -> None:
        """Look at what was sent."""
        #: sentences by the field that they are about; empty key: about the whole
        self.errors: dict[str, str] = {}
        if self.edition and self.request.method == "POST":
            CheckAuthenticator(self.request)
            try:
                self.act()
            except Refused as refused:
                for reason in refused.reasons:
                    self.errors[reason.element] = self.t(reason.message)

    def act(self) -> None:
        """Do it.

        :raises Refused: with reasons.
        """
        raise NotImplementedError


class CorrectNotePage(_OfEdition):
    """``<guide>/@@correct-note?edition=2.0``."""

    template = ViewPageTemplateFile("templates/correct-note.pt")
    heading = _("Correct the note")

    def note(self) -> str:
        """What was typed, or the note as it reads now."""
        if self.request.method == "POST":
            return self.said("note")
        return store_of(self.context).note(self.edition)

    def now(self) -> str:
        """The note as it reads now."""
        return store_of(self.context).note(self.edition)

    def act(self) -> None:
        """Correct it, and show it among the others."""
        editionacts.correct_note(
            self.context, self.number, self.said("note"), self.said("reason")
        )
        self.request.response.redirect(self.all_url(), status=303)


class RestoreEditionPage(Differences, _OfEdition):
    """``<guide>/@@restore-edition?edition=2.0``: first what it changes, then it."""

    template = ViewPageTemplateFile("templates/restore-edition.pt")
    heading = _("Restore as a draft")

    def update(self) -> None:
        """Whoever may not is told so before anything is typed.

        :raises Unauthorized: if the person may not restore it here.
        """
        self.done: editionacts.Restored | None = None
        if not editionacts.may_restore(self.context):
            raise Unauthorized(self.t(_("Your functions do not allow this here.")))
        super().update()

    def act(self) -> None:
        """Restore it, and go on in the draft."""
        made = editionacts.restore(self.context, self.number)
        if made.left_out:
            self.done = made
            return
        self.request.response.redirect(made.object.absolute_url(), status=303)

    def draft_url(self) -> str:
        """Where the draft is."""
        return str(self.done.object.absolute_url()) if self.done else ""

    def online(self) -> bool:
        """Whether the guide stays online meanwhile, so that a copy is opened."""
        return state_of(self.context) == PUBLISHED

    def sections(self) -> list[Section]:
        """What will be different in the draft from what stands in the guide now."""
        now, then = (
            readable(self.context, content)
            for content in (
                full_content(self.context),
                content_of(self.context, self.edition),
            )
        )
        return Words(self.context, self.t).sections(compare(now, then))
