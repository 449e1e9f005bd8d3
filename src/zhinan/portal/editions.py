"""What changed: the editions of a guide, an old one as it was, and two compared."""

from functools import cached_property
from Products.Five.browser import BrowserView
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zExceptions import NotFound
from zhinan import _
from zhinan.departments.citytime import CITY_TIME
from zhinan.guides import editionacts
from zhinan.guides.editionsof import edition_day
from zhinan.guides.editionsof import edition_of
from zhinan.guides.editionsof import edition_url
from zhinan.guides.editionsof import editions_of
from zhinan.guides.editionsof import store_of
from zhinan.guides.editiontold import ORIGINS
from zhinan.guides.editiontold import Told
from zhinan.guides.editiontold import told
from zhinan.guides.editionwords import compared
from zhinan.guides.editionwords import Section
from zhinan.guides.reading import Reading
from zhinan.guides.reading import reading_of_edition
from zhinan.pages.differences import Differences
from zhinan.pages.layout import PublicPage
from zhinan.portal.gone import GonePage
from zhinan.portal.guide import GuidePage
from zhinan.portal.guide import ShortGuidePage
from zhinan.portal.oldfiles import give_file
from zhinan.portal.revised import SHORT_HASH
from zhinan.publishing.editions import Edition
from zhinan.publishing.transitions import person_name
from zope.interface import implementer
from zope.publisher.interfaces import IPublishTraverse

import datetime


class _OfEditions(PublicPage):
    """What the pages about editions have in common."""

    cached = True
    entrance = "guides"

    @cached_property
    def name(self) -> str:
        """Name of the matter, as the newest edition has it."""
        return self.context.title

    @cached_property
    def sees_people(self) -> bool:
        """Whether this person learns who made an edition."""
        return not self.anonymous and editionacts.sees_people(self.context)

    def readable(self, edition: Edition) -> bool:
        """Whether this person may read an edition."""
        return self.sees_people or not store_of(self.context).is_retracted(edition)

    def number_and_day(self, edition: Edition) -> str:
        """What an edition is called."""
        return self.t(
            _(
                "edition_of_day",
                default="edition ${number} (${date})",
                mapping={
                    "number": str(edition.number),
                    "date": self.date(edition_day(edition)),
                },
            )
        )

    def compare_url(self, one: Edition, two: Edition) -> str:
        """Where two editions are compared."""
        url = f"{self.context.absolute_url()}/@@compare-editions"
        return f"{url}?one={one.number}&two={two.number}"


class EditionsPage(_OfEditions):
    """``<guide>/@@editions``: what changed, the newest edition first."""

    template = ViewPageTemplateFile("templates/editions.pt")

    @property
    def title(self) -> str:
        """What is told of which guide."""
        mapping = {"title": self.name}
        return self.t(
            _("changes_of", default="What changed: ${title}", mapping=mapping)
        )

    def update(self) -> None:
        """Read the editions; what the staff may do with them."""
        self.editions = editions_of(self.context)
        self.may_correct = not self.anonymous and editionacts.may_correct(self.context)
        self.may_restore = not self.anonymous and editionacts.may_restore(self.context)

    def rows(self) -> list[dict[str, Any]]:
        """Each edition as this person may know it."""
        older = {
            e.serial: before
            for e, before in zip(self.editions, self.editions[1:], strict=False)
        }
        return [
            self._row(told(self.context, edition), older.get(edition.serial))
            for edition in self.editions
        ]

    def _row(self, about: Told, before: Edition | None) -> dict[str, Any]:
        edition, url = about.edition, self.context.absolute_url()
        readable = self.readable(edition)
        comparable = before is not None and readable and self.readable(before)
        return {
            "id": f"e{edition.number}",
            "number": str(edition.number),
            "day": self.date(edition_day(edition)),
            "note": self.t(about.note),
            "corrected": about.corrected,
            # The first one is new as a whole, whatever brought it here.
            "minor": edition.minor and before is not None,
            "retracted": about.retracted,
            "current": edition is self.editions[0],
            "code": about.public_hash[:SHORT_HASH],
            "hash": edition.hash,
            "url": about.url if readable else "",
            "compare": self.compare_url(before, edition) if comparable else "",
            "people": self._people(edition) if self.sees_people else [],
            "marks": self._marks(edition) if self.sees_people else [],
            "correct": f"{url}/@@correct-note?edition={edition.number}"
            if self.may_correct
            else "",
            "restore": f"{url}/@@restore-edition?edition={edition.number}"
            if self.may_restore
            else "",
        }

    def _marks(self, edition: Edition) -> list[str]:
        """What the staff has to notice."""
        found = []
        if edition.emergency:
            found.append(self.t(_("Published in an emergency")))
        if store_of(self.context).is_unseen(edition):
            found.append(self.t(_("Nobody has approved it yet")))
        return found

    def _people(self, edition: Edition) -> list[dict[str, str]]:
        """Who made it, and how it came about."""
        store = store_of(self.context)
        join = self.t(_("list_separator", default=", "))
        seen = store.afterwards(edition)
        rows = [
            (_("Drafted by"), join.join(map(person_name, edition.drafted_by))),
            (_("Submitted by"), _person(edition.submitted_by)),
            (_("Approved by"), self._signed(edition.approved_by, edition.approved_at)),
            (_("Published by"), self._signed(edition.published_by, edition.moment)),
            (_("Reason of the emergency"), edition.emergency),
            (
                _("Approved afterwards by"),
                self._signed(seen.by, seen.moment, seen.note) if seen else "",
            ),
            (_("Came about"), self.t(ORIGINS.get(edition.origin, edition.origin))),
            (_("Software"), edition.software),
        ]
        for correction in store.corrections(edition):
            signed = self._signed(correction.by, correction.moment, correction.reason)
            rows.append((_("Note corrected by"), signed))
        if store.corrections(edition):
            rows.append((_("Note before"), edition.note or "–"))
        return [
            {"title": self.t(title), "value": value} for title, value in rows if value
        ]

    def _signed(
        self, person: str, moment: datetime.datetime | None, text: str = ""
    ) -> str:
        """Somebody, when, and with which words."""
        if not person:
            return ""
        parts = [person_name(person)]
        if moment is not None:
            local = moment.astimezone(CITY_TIME)
            parts.append(f"{self.date(local.date())} {local:%H:%M}")
        return self.t(_("list_separator", default=", ")).join(
            [" ".join(parts), *([text] if text else [])]
        )


def _person(name: str) -> str:
    return person_name(name) if name else ""


class CompareEditionsPage(Differences, _OfEditions):
    """``<guide>/@@compare-editions?one=1.0&two=2.0``: two editions in plain words."""

    template = ViewPageTemplateFile("templates/compare-editions.pt")

    @property
    def title(self) -> str:
        """What is compared."""
        return self.t(
            _(
                "comparison_of",
                default="Comparison: ${title}",
                mapping={"title": self.name},
            )
        )

    def update(self) -> None:
        """Find the two editions; without a choice the two newest."""
        self.choices = [e for e in editions_of(self.context) if self.readable(e)]
        newest = self.choices[0] if self.choices else None
        before = self.choices[1] if len(self.choices) > 1 else newest
        self.one = self._chosen("one", before)
        self.two = self._chosen("two", newest)

    def _chosen(self, name: str, otherwise: Edition | None) -> Edition | None:
        wanted = self.request.form.get(name)
        if wanted is None:
            return otherwise
        found = edition_of(self.context, wanted if isinstance(wanted, str) else "")
        if found is None or found not in self.choices:
            self.request.response.setStatus(404)
            return None
        return found

    def options(self, chosen: Edition | None) -> list[dict[str, Any]]:
        """The editions to choose from."""
        return [
            {
                "value": str(edition.number),
                "title": self.number_and_day(edition),
                "selected": "selected" if edition == chosen else None,
            }
            for edition in self.choices
        ]

    def swapped(self) -> str:
        """The same comparison the other way round."""
        if self.one is None or self.two is None or self.one == self.two:
            return ""
        return self.compare_url(self.two, self.one)

    def sections(self) -> list[Section]:
        """What differs, in words."""
        _names, found = compared(self.context, self.one, self.two, self.t)
        return found


# ------------------------------------------------------------------- an old edition


class _Old:
    """Mixin of the pages of one edition as it was."""

    edition: Edition

    @cached_property
    def reading(self) -> Reading:
        """What stands in the edition."""
        return reading_of_edition(self.context, self.edition)

    @property
    def noindex(self) -> bool:
        """Search engines shall lead to what is valid."""
        return True

    @property
    def page_title(self) -> str:
        """What the window's head says: name of the matter then, with the number."""
        mapping = {"title": self.reading.title, "number": str(self.edition.number)}
        own = self.t(
            _("title_of_edition", default="${title}, ed. ${number}", mapping=mapping)
        )
        return f"{own} - {self.site_title}"

    def update(self) -> None:
        """An edition stays where it is, whatever became of the guide."""

    def cover(self) -> None:
        """Whether a window may act today is not asked of an old edition."""
        return None

    def newer(self) -> None:
        """Papers are compared with what is online."""
        return None

    def preview(self) -> str:
        """The band says what it is."""
        return ""

    def old(self) -> dict[str, Any]:
        """What the band says."""
        url = self.context.absolute_url()
        newest = editions_of(self.context)[0]
        mapping = {
            "number": str(self.edition.number),
            "date": self.date(edition_day(self.edition)),
            "newest": str(newest.number),
        }
        current = newest == self.edition
        sentence = (
            _(
                "edition_is_current",
                default="This is edition ${number} of ${date}, the newest one.",
                mapping=mapping,
            )
            if current
            else _(
                "edition_is_old",
                default="This is the old edition ${number} of ${date}, as it was then. "
                "Do not act on it: edition ${newest} is newer.",
                mapping=mapping,
            )
        )
        pair = f"one={self.edition.number}&two={newest.number}"
        return {
            "sentence": self.t(sentence),
            "url": url,
            "compare": "" if current else f"{url}/@@compare-editions?{pair}",
            "all": f"{url}/@@editions",
            "print": f"{self.canonical}/print",
            "page": self.canonical,
        }

    @property
    def canonical(self) -> str:
        """The edition's own address."""
        return edition_url(self.context, self.edition)

    def foot(self) -> dict[str, Any]:
        """Of the edition; nothing of what was said since."""
        found = super().foot()
        about = told(self.context, self.edition)
        return {**found, "hash": about.public_hash[:SHORT_HASH], "reviewed": ""}


class OldGuidePage(_Old, GuidePage):
    """``<guide>/@@edition/1.0``."""

    __name__ = "edition"


class OldShortPage(_Old, ShortGuidePage):
    """``<guide>/@@edition/1.0/print``."""

    __name__ = "edition-print"

    @property
    def printed_address(self) -> str:
        """Address of this very edition."""
        return self.canonical


class NoEditionPage(_OfEditions):
    """There is no such edition: a sentence, and the way to those that are."""

    template = ViewPageTemplateFile("templates/no-edition.pt")
    title = _("There is no such edition")

    def update(self) -> None:
        """Not found."""
        self.request.response.setStatus(404)


@implementer(IPublishTraverse)
class EditionView(BrowserView):
    """``<guide>/@@edition/<number>``, with ``/print`` or ``/files/<sha256>/<name>``."""

    def __init__(self, context: Any, request: Any):
        super().__init__(context, request)
        self.path: list[str] = []

    def publishTraverse(self, request: Any, name: str) -> Any:
        """Take the rest of the address."""
        if len(self.path) == 4:
            raise NotFound(name)
        self.path.append(name)
        return self

    def __call__(self) -> Any:
        """The page or the file."""
        if not self.path:
            url = f"{self.context.absolute_url()}/@@editions"
            self.request.response.redirect(url, status=303)
            return ""
        edition = edition_of(self.context, self.path[0])
        if edition is None:
            return NoEditionPage(self.context, self.request)()
        gone = store_of(self.context).is_retracted(edition)
        if gone and not editionacts.sees_people(self.context):
            return GonePage(self.context, self.request)()
        rest = self.path[1:]
        if rest[:1] == ["files"] and len(rest) in (2, 3):
            return give_file(self.context, edition, rest[1], self.request)
        if rest not in ([], ["print"]):
            raise NotFound(rest[-1])
        page = (OldShortPage if rest else OldGuidePage)(self.context, self.request)
        page.edition = edition
        return page()
