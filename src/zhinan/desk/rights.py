"""Rights on an object: who can do what, and why somebody can or cannot."""

from functools import cached_property
from plone import api
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zExceptions import Unauthorized
from zhinan import _
from zhinan.departments import people
from zhinan.departments import why
from zhinan.departments.rightservices import SHUT
from zhinan.departments.rightwords import DENIED
from zhinan.departments.rightwords import RightWords
from zhinan.pages.layout import PublicPage
from zhinan.rules.permissions import CO
from zhinan.rules.permissions import Row
from zhinan.rules.permissions import words
from zope.i18nmessageid import Message


class _Guarded(RightWords, PublicPage):
    """A page of an object that tells those who may not see it nothing about it."""

    @cached_property
    def seen(self) -> bool:
        """Whether the person may know of the object."""
        return why.may_see(self.context)

    @cached_property
    def staff(self) -> dict[str, Any] | None:
        """The staff's bar; that of the site where the object is out of sight."""
        if self.seen:
            return PublicPage(self.context, self.request).staff
        return PublicPage(api.portal.get(), self.request).staff


class RightsPage(_Guarded):
    """``@@rights``."""

    template = ViewPageTemplateFile("templates/rights.pt")
    denied = DENIED

    @property
    def title(self) -> Message:
        """Without the object's name where that is not to be known."""
        if not self.seen:
            return _("Rights")
        return _(
            "rights_on",
            default="Rights: ${title}",
            mapping={"title": self.context.title},
        )

    def update(self) -> None:
        """Find the person who is asked about and answer.

        :raises Unauthorized: if who asks has no function.
        """
        if self.anonymous:
            raise Unauthorized(self.t(_("Log in to see your rights.")))
        why.check_asker(self.context)
        self.answer: why.Answer | None = None
        self.error: Message | str = ""
        self.found: list[dict[str, str]] = []
        self.others = self.seen and why.may_ask_about_others(self.context)
        self.asked = self._typed("user").strip()[:100] if self.others else ""
        if not self.seen:
            self.holdings = people.holdings(api.user.get_current())
            return
        user = self._person()
        if self.error or self.found:
            return
        self.answer = why.explain(self.context, user, self.chosen)

    def _person(self) -> Any:
        """Who is asked about; None for oneself."""
        if not self.asked:
            return None
        user = people.find(self.asked)
        if user is not None:
            return user
        found = people.search(self.asked)
        if len(found) == 1:
            return people.find(found[0].id)
        self.found = [
            {"url": self._link(person.id), "name": person.name, "login": person.id}
            for person in found
        ]
        if not found:
            self.error = _("Nobody of this name or login was found.")
        return None

    def _typed(self, name: str) -> str:
        value = self.request.form.get(name, "")
        return value if isinstance(value, str) else ""

    def _link(self, user: str) -> str:
        url = f"{self.context.absolute_url()}/@@rights"
        return f"{url}?user={user}&right={self.chosen}"

    @cached_property
    def chosen(self) -> str:
        """The right that is asked about."""
        names = [right.name for right in why.rights_on(self.context)]
        given = self._typed("right")
        return given if given in names else why.VIEW

    def choices(self) -> list[dict[str, Any]]:
        """The rights that one can ask about."""
        return [
            {
                "name": right.name,
                "title": self.right_title(right.name),
                "selected": "selected" if right.name == self.chosen else None,
            }
            for right in why.rights_on(self.context)
        ]

    @cached_property
    def place(self) -> why.Place | None:
        """What decides here."""
        return why.place_of(self.context)

    def facts(self) -> list[dict[str, str]]:
        """Type, state and departments."""
        place = self.place
        owner = self.department_title(place.owner) if place.owner else ""
        shared = self.t(_("list_separator", default=", ")).join(
            self.department_title(code) for code in place.shared
        )
        rows = [
            (_("Kind"), self.type_title(place), ""),
            (_("State"), self.state_title(place), ""),
            (_("Department in charge"), owner or self.t(_("none")), ""),
            (_("Shared with departments"), shared, ""),
        ]
        if place.obj is not self.context.aq_inner and place.obj != self.context:
            title = place.obj.title
            rows.insert(
                0, (_("State and department are those of"), title, self._url(place))
            )
        return [
            {"title": self.t(title), "value": value, "url": url}
            for title, value, url in rows
            if value
        ]

    @staticmethod
    def _url(place: why.Place) -> str:
        return f"{place.obj.absolute_url()}/@@rights"

    # ------------------------------------------------------------------ the answer

    def verdict(self) -> str:
        """Yes or no in one sentence; what the platform does."""
        answer = self.answer
        sentence = (
            _("why_yes", default="${person} can do this: ${right}.")
            if answer.checked
            else _("why_not", default="${person} cannot do this: ${right}.")
        )
        mapping = {"person": answer.name, "right": self.right_title(answer.right)}
        return self.t(Message(sentence, mapping=mapping))

    def grounds(self) -> list[dict[str, str]]:
        """The rows that grant it to this person."""
        return [
            {
                "line": str(ground.row.line),
                "function": self.function_title(ground.row.function),
                "whose": self.whose_title(ground.row.whose),
                "through": self.holding_title(ground.holding)
                if ground.holding
                else self.t(_("everybody")),
                "group": ground.holding.group if ground.holding else "",
            }
            for ground in self.answer.grounds
        ]

    def held(self) -> list[dict[str, str]]:
        """The functions of the person, and how each counts here."""
        return [
            {
                "title": self.holding_title(holding),
                "whose": self.whose_title(self.answer.stands(holding)),
                "direct": "" if holding.group else self.t(_("given without a group")),
            }
            for holding in self.answer.holdings
        ]

    def own(self) -> list[str]:
        """Functions of the person who asks, where nothing else is told."""
        return [self.holding_title(holding) for holding in self.holdings]

    def could(self) -> list[dict[str, Any]]:
        """Who has the right here instead."""
        return [
            self._source(why.source_of(row, self.place))
            for row in self.answer.decision.others
        ]

    def _source(self, source: why.Source) -> dict[str, Any]:
        row = source.row
        return {
            "line": str(row.line),
            "function": self.function_title(row.function),
            "whose": self.whose_title(row.whose),
            "everybody": source.everybody,
            "site": words().functions[row.function].kind == "site",
            "holders": self._holders(source),
        }

    def _holders(self, source: why.Source) -> list[dict[str, Any]]:
        join = self.t(_("list_separator", default=", "))
        return [
            {
                "department": self.department_title(h.department)
                if h.department
                else "",
                "people": join.join(self.person_title(p) for p in h.people),
            }
            for h in source.holders
            if h.people
        ]

    def notes(self) -> list[str]:
        """What else decides."""
        return [self.t(note) for note in self.answer.notes]

    # ------------------------------------------------------------------- the table

    def table(self) -> list[dict[str, Any]]:
        """Function by function what may be done in this state, with the people."""
        place = self.place
        rows = why.matrix().rows_for(place.type, place.state)
        merged: dict[tuple[str, str], list[Row]] = {}
        for row in rows:
            if row.whose == CO and not place.shared:
                continue
            merged.setdefault((row.function, row.whose), []).append(row)
        order = list(words().functions)
        found = []
        for (function, _whose), parts in sorted(
            merged.items(), key=lambda item: order.index(item[0][0])
        ):
            granted = {name for row in parts for name in row.rights}
            entry = self._source(why.source_of(parts[0], place))
            entry["site"] = words().functions[function].kind != "department"
            entry["rights"] = [
                self.right_title(name) for name in words().rights if name in granted
            ]
            entry["line"] = self.t(_("list_separator", default=", ")).join(
                str(row.line) for row in parts
            )
            found.append(entry)
        return found


class SharingPage(_Guarded):
    """``@@sharing``: shut on our types, for the technical administrator too."""

    template = ViewPageTemplateFile("templates/sharing.pt")
    title = _("Rights are not given here")
    sentence = SHUT

    def rights_url(self) -> str:
        """Address of the page that explains rights."""
        return f"{self.context.absolute_url()}/@@rights"
