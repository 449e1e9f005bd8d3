"""Reviews that are due: confirm unchanged, also many at once, or postpone."""

from collections.abc import Mapping
from functools import cached_property
from plone import api
from plone.protect import CheckAuthenticator
from Products.Five.browser import BrowserView
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zExceptions import Unauthorized
from zhinan import _
from zhinan.departments import directory
from zhinan.departments.citytime import today
from zhinan.documents.names import content_disposition
from zhinan.documents.sheets import sheet
from zhinan.documents.sheets import XLSX
from zhinan.pages.formats import Formats
from zhinan.pages.lists import ListPage
from zhinan.pages.staff import IWaiting
from zhinan.publishing import reviews
from zhinan.publishing import steps
from zhinan.publishing.parameters import LONGEST
from zhinan.publishing.reviews import Review
from zhinan.publishing.settings import setting
from zhinan.publishing.transitions import perform
from zhinan.publishing.transitions import Refused
from zhinan.rules import reviews as rules
from zope.i18nmessageid import Message
from zope.interface import implementer

import datetime
import re


VIEW = "reviews"
#: Standings by which the list can be narrowed, with what people call them.
STANDINGS: dict[str, Message] = {
    rules.OVERDUE: _("review_overdue", default="Overdue"),
    rules.SOON: _("review_soon", default="Due soon"),
    rules.LATER: _("review_later", default="Later"),
}
#: Days that a list looks ahead for which all reviews are asked.
ALL = 3660
#: Guides that one act confirms at most.
MOST = 500
_ACTS = ("confirm_review", "postpone_review")


class ReviewWords(Formats):
    """How a review is told."""

    def standing_title(self, review: Review) -> str:
        """Its standing in words."""
        return self.t(STANDINGS[review.standing])

    def left(self, review: Review) -> str:
        """How many days are left or gone."""
        if review.days > 0:
            return self.t(
                _(
                    "review_days_over",
                    default="overdue for ${days} days",
                    mapping={"days": str(review.days)},
                )
            )
        if review.days == 0:
            return self.t(_("today is the last day"))
        return self.t(
            _(
                "days_left",
                default="${days} days left",
                mapping={"days": str(-review.days)},
            )
        )

    def department_name(self, code: str) -> str:
        """Short name of a department."""
        entry = directory.get(code)
        return entry.short_name if entry else code


class Rows:
    """The reviews of the person who is logged in, narrowed by the address."""

    request: Any

    def _text(self, name: str) -> str:
        value = self.request.form.get(name, "")
        return value if isinstance(value, str) else ""

    @cached_property
    def rows(self) -> list[tuple[Review, Any, str]]:
        """All that the person may see."""
        ahead = ALL if self._text("all") == "1" else None
        return reviews.of_person(ahead)

    def narrowed(self, standing: str, department: str) -> list[tuple[Review, Any, str]]:
        """Those of a standing and a department; empty for any."""
        return [
            row
            for row in self.rows
            if standing in ("", row[0].standing) and department in ("", row[2])
        ]


class ReviewsPage(Rows, ReviewWords, ListPage):
    """``@@reviews``: what is to be looked at again, the longest overdue first."""

    template = ViewPageTemplateFile("templates/reviews.pt")
    title = _("Reviews due")
    page_size = 50
    longest = LONGEST

    def page_url(self) -> str:
        """Address of the page."""
        return f"{self.portal_url}/@@{VIEW}"

    def params(self) -> dict[str, Any]:
        """The filters as they are."""
        return {
            "standing": self.choice("standing", STANDINGS),
            "department": self.choice("department", directory.entries()),
            "all": "1" if self._text("all") == "1" else "",
        }

    def update(self) -> None:
        """Take the act when the form was sent, then list.

        :raises Unauthorized: for strangers to every department.
        """
        if not reviews.concerned():
            raise Unauthorized(
                self.t(_("Reviews are shown to the members of a department."))
            )
        self.errors: list[dict[str, str]] = []
        self.wrong: set[str] = set()
        self.results: list[dict[str, Any]] = []
        names = ("comment", "months", "until", "reason")
        self.values = {name: self._text(name).strip() for name in names}
        self.ticked = self._ticked()
        if self.request.method == "POST":
            CheckAuthenticator(self.request)
            self._act(self._text("step"))
            self.__dict__.pop("rows", None)
        params = self.params()
        chosen = self.narrowed(params["standing"], params["department"])
        self.total = len(chosen)
        self.entries = [
            self._line(*row) for row in chosen[self.start : self.start + self.page_size]
        ]

    # ---------------------------------------------------------------------- act

    def _ticked(self) -> list[str]:
        value = self.request.form.get("uids", [])
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list | tuple):
            return []
        kept = dict.fromkeys(v for v in value if isinstance(v, str))
        return list(kept)[:MOST]

    def _act(self, step: str) -> None:
        if step not in _ACTS:
            return
        if not self.ticked:
            self._wrong("uids", _("Tick the guides first."))
        given = self._given(step)
        if self.errors:
            return
        done = 0
        for uid in self.ticked:
            guide = steps.find(uid)
            if guide is None or not api.user.has_permission("View", obj=guide):
                # What the person may not see is not named in a refusal either.
                continue
            try:
                perform(guide, step, **given)
            except Refused as refused:
                reasons = [self.t(reason.message) for reason in refused.reasons]
                self.results.append(
                    {
                        "title": guide.title,
                        "url": guide.absolute_url(),
                        "reasons": list(dict.fromkeys(reasons)),
                    }
                )
            else:
                done += 1
                self.ticked = [other for other in self.ticked if other != uid]
        self.done = done
        if not self.results:
            self.values = dict.fromkeys(self.values, "")

    #: how many were done; None while nothing was sent
    done: int | None = None

    def _given(self, step: str) -> dict[str, Any]:
        """The parameters of the act; what is wrong with them is noted."""
        values = self.values
        if step == "confirm_review":
            months = None
            if values["months"]:
                if not re.fullmatch(r"[0-9]{1,3}", values["months"], re.ASCII) or (
                    int(values["months"]) > 120
                ):
                    self._wrong("months", _("Enter a whole number from 0 to 120."))
                else:
                    months = int(values["months"])
            return {"comment": values["comment"], "months": months}
        try:
            until = datetime.date.fromisoformat(values["until"])
        except ValueError:
            until = None
        longest = setting("postpone_days")
        if until is None or not (
            today() < until <= today() + datetime.timedelta(days=longest)
        ):
            self._wrong(
                "until",
                _(
                    "postponed_too_far",
                    default="Choose a day within the next ${days} days.",
                    mapping={"days": str(longest)},
                ),
            )
        if not values["reason"]:
            self._wrong("reason", _("Write why it has to wait."))
        return {"until": until, "reason": values["reason"]}

    def _wrong(self, field: str, message: Message) -> None:
        self.errors.append({"field": field, "text": self.t(message)})
        self.wrong.add(field)

    def error(self, field: str) -> str:
        """What is wrong with a field."""
        return next((e["text"] for e in self.errors if e["field"] == field), "")

    def message(self) -> str:
        """What became of the act."""
        if self.done is None:
            return ""
        return self.t(
            _(
                "reviews_done",
                default="Done for ${done}, not possible for ${refused}.",
                mapping={"done": str(self.done), "refused": str(len(self.results))},
            )
        )

    # --------------------------------------------------------------------- list

    def _line(self, review: Review, guide: Any, department: str) -> dict[str, Any]:
        return {
            "uid": review.uid,
            "url": guide.absolute_url(),
            "title": guide.title,
            "department": self.department_name(department),
            "standing": review.standing,
            "standing_title": self.standing_title(review),
            "due": self.date(review.due),
            "left": self.left(review),
            "last": self.date(review.last),
            "postponed": review.postponed,
            "months": review.months,
            "may": reviews.may_review(guide),
            "ticked": "checked" if review.uid in self.ticked else None,
        }

    @cached_property
    def may_act(self) -> bool:
        """Whether one of the guides shown is the person's to review."""
        return any(entry["may"] for entry in self.entries)

    def standings(self) -> list[dict[str, Any]]:
        """The ways to narrow by standing, with numbers."""
        params = self.params()
        found = []
        for standing, title in (("", _("All")), *STANDINGS.items()):
            number = len(self.narrowed(standing, params["department"]))
            if number or not standing:
                found.append(
                    {
                        "url": self.link(standing=standing, start=0),
                        "title": self.t(title),
                        "number": number,
                        "current": "true" if standing == params["standing"] else None,
                    }
                )
        return found

    def departments(self) -> list[dict[str, Any]]:
        """The departments with their numbers, where there are several."""
        params = self.params()
        counts: dict[str, int] = {}
        for _review, _guide, code in self.narrowed(params["standing"], ""):
            counts[code] = counts.get(code, 0) + 1
        if len(counts) < 2 and not params["department"]:
            return []
        rows = [("", self.t(_("All departments")), sum(counts.values()))]
        rows += [
            (code, entry.short_name, counts[code])
            for code, entry in directory.entries().items()
            if code in counts
        ]
        return [
            {
                "url": self.link(department=code, start=0),
                "title": title,
                "number": number,
                "current": "true" if code == params["department"] else None,
            }
            for code, title, number in rows
        ]

    def all_url(self) -> str:
        """The list with or without the reviews that are far off."""
        return self.link(all="" if self.params()["all"] else "1", standing="", start=0)

    def sheet_url(self) -> str:
        """The same list as XLSX."""
        return self.link(start=0).replace(f"@@{VIEW}", f"@@{VIEW}-xlsx")

    def ahead(self) -> int:
        """How many days the list looks ahead."""
        return setting("remind_days")

    def first_day(self) -> str:
        """The first day to which a review can be postponed."""
        return (today() + datetime.timedelta(days=1)).isoformat()

    def last_day(self) -> str:
        """The last one."""
        days = setting("postpone_days")
        return (today() + datetime.timedelta(days=days)).isoformat()

    def token(self) -> str:
        """The field that proves that the form is ours."""
        return self.context.restrictedTraverse("@@authenticator").authenticator()


class ReviewsSheet(Rows, ReviewWords, BrowserView):
    """``@@reviews-xlsx``: the same list as a spreadsheet."""

    def __call__(self) -> bytes:
        """The file.

        :raises Unauthorized: for strangers to every department.
        """
        if not reviews.concerned():
            raise Unauthorized(
                self.t(_("Reviews are shown to the members of a department."))
            )
        head = (
            _("Guide"),
            _("Department"),
            _("State"),
            _("Due"),
            _("Days overdue"),
            _("Last reviewed"),
            _("Postponed because"),
            _("Address"),
        )
        rows = [
            [
                guide.title or "",
                self.department_name(code),
                self.standing_title(review),
                review.due.isoformat(),
                str(max(review.days, 0)),
                review.last.isoformat() if review.last else "",
                review.postponed,
                guide.absolute_url(),
            ]
            for review, guide, code in self.narrowed(
                self._text("standing"), self._text("department")
            )
        ]
        title = self.t(_("Reviews due"))
        data = sheet(title, [self.t(text) for text in head], rows)
        response = self.request.response
        response.setHeader("Content-Type", XLSX)
        response.setHeader("Content-Disposition", content_disposition(f"{title}.xlsx"))
        response.setHeader("Cache-Control", "private, no-store")
        return data


def as_json(review: Review, guide: Any, department: str) -> Mapping[str, Any]:
    """A review for programs."""
    return {
        "@id": guide.absolute_url(),
        "UID": review.uid,
        "title": guide.title,
        "department": department,
        "standing": review.standing,
        "next_review": review.due.isoformat(),
        "days_overdue": max(review.days, 0),
        "last_review": review.last.isoformat() if review.last else None,
        "postponed": review.postponed,
        "months": review.months or None,
        "may_review": reviews.may_review(guide),
    }


@implementer(IWaiting)
class Waiting:
    """Overdue reviews of the person's own departments."""

    def number(self) -> int:
        """How many."""
        if not reviews.concerned():
            return 0
        return sum(
            review.standing == rules.OVERDUE and reviews.may_review(guide)
            for review, guide, _code in reviews.of_person(0)
        )


WAITING = Waiting()
