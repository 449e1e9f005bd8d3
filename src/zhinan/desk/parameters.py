"""The parameters of a transition as fields of a page, with what was typed into them."""

from functools import cached_property
from plone import api
from plone.uuid.interfaces import IUUID
from typing import Any
from zhinan import _
from zhinan.departments.citytime import CITY_TIME
from zhinan.forms.messages import element_title
from zhinan.guides.files import materials
from zhinan.publishing import typed
from zhinan.publishing.interfaces import IOriginal
from zhinan.publishing.interfaces import IWorkingCopy
from zhinan.publishing.transitions import fields
from zhinan.publishing.transitions import Reason
from zhinan.publishing.transitions import Transition
from zhinan.rules.elements import elements

import datetime
import re


#: Rows of comments that are offered at first, and at most.
FIRST_ROWS, MOST_ROWS = 3, 60
#: Guides that a search offers.
MOST_GUIDES = 20
CHOOSER = "successor"
_CODE = re.compile(r"^[0-9A-Za-z]{6,}$")


class ParameterForm:
    """The fields of one transition; ``obj`` is None where it is taken for many.

    Names of fields begin with ``p_``, so that no name of the request is taken.
    """

    def __init__(self, page: Any, transition: Transition, obj: Any = None):
        self.page = page
        self.transition = transition
        self.obj = obj
        self.form = page.request.form
        self.sent = page.request.method == "POST"
        self.errors: dict[str, list[str]] = {}

    # ------------------------------------------------------------------- reading

    def _text(self, name: str) -> str:
        value = self.form.get(name, "")
        return value.replace("\r\n", "\n") if isinstance(value, str) else ""

    def _texts(self, name: str) -> list[str]:
        value = self.form.get(name, [])
        found = value if isinstance(value, list) else [value]
        return [v.replace("\r\n", "\n") if isinstance(v, str) else "" for v in found]

    @property
    def fields(self) -> list[tuple[str, Any]]:
        """What is asked; comments on elements are those of one thing."""
        return [
            (name, field)
            for name, field in fields(self.transition)
            if self.obj is not None or typed.kind(field) != "rows"
        ]

    def read(self) -> tuple[dict[str, Any], list[Reason]]:
        """The parameters as typed, and what cannot be read."""
        values: dict[str, Any] = {}
        wrong = []
        for name, field in self.fields:
            try:
                values[name] = self._value(name, typed.kind(field))
            except ValueError:
                wrong.append(typed.unfit(name, field))
        return values, wrong

    def _value(self, name: str, kind: str) -> Any:
        if kind == "bool":
            return bool(self._text(f"p_{name}"))
        if kind == "rows":
            return [row for row in self._rows() if row["text"].strip()]
        text = self._text(f"p_{name}")
        if kind == "moment":
            return typed.moment(text) if text.strip() else None
        if kind == "day":
            return typed.day(text) if text.strip() else None
        return text

    def _rows(self) -> list[dict[str, str]]:
        places, texts = self._texts("p_place"), self._texts("p_text")
        found = []
        for place, text in zip(places, texts, strict=False):
            kind, _colon, name = place.partition(":")
            found.append(
                {
                    "element": name if kind == "e" else "",
                    "material": name if kind == "m" else "",
                    "text": text,
                    "place": place,
                }
            )
        return [{k: row[k] for k in (*typed.ROW, "place")} for row in found[:MOST_ROWS]]

    # ------------------------------------------------------------------- refusing

    def is_about(self, reason: Reason) -> bool:
        """Whether a reason is about one of the fields."""
        return reason.element in dict(self.fields)

    def refuse(self, reasons: list[Reason]) -> list[Reason]:
        """Put reasons beside their fields; those that are about no field."""
        rest = []
        for reason in reasons:
            if self.is_about(reason):
                self.errors.setdefault(reason.element, []).append(
                    self.page.t(reason.message)
                )
            else:
                rest.append(reason)
        return rest

    # -------------------------------------------------------------------- showing

    def widgets(self) -> list[dict[str, Any]]:
        """Every field as the page shows it."""
        found = []
        for name, field in self.fields:
            kind = "guide" if name == CHOOSER else typed.kind(field)
            found.append(
                {
                    "name": name,
                    "id": f"p_{name}",
                    "title": self.page.t(field.title),
                    "help": self.page.t(field.description) if field.description else "",
                    "kind": kind,
                    "required": field.required,
                    "longest": getattr(field, "max_length", None),
                    "value": self._text(f"p_{name}"),
                    "errors": self.errors.get(name, []),
                    "rows": self.rows() if kind == "rows" else [],
                    "guides": self.guides(name) if kind == "guide" else [],
                    "found": self.has_searched,
                    "query": self._text("p_find"),
                    "least": self._least(kind),
                }
            )
        return found

    @staticmethod
    def _least(kind: str) -> str:
        """The earliest value that makes sense: now, in the city."""
        now = datetime.datetime.now(CITY_TIME)
        if kind == "moment":
            return f"{now:%Y-%m-%dT%H:%M}"
        return f"{now:%Y-%m-%d}" if kind == "day" else ""

    # ------------------------------------------------------- comments on elements

    def rows(self) -> list[dict[str, str]]:
        """The rows typed so far, with empty ones behind them."""
        found = [row for row in self._rows() if row["text"].strip() or row["place"]]
        wanted = FIRST_ROWS if not self.sent else max(FIRST_ROWS, len(found) + 1)
        empty = {"place": "", "text": ""}
        return [*found, *([empty] * (wanted - len(found)))]

    @cached_property
    def places(self) -> list[dict[str, Any]]:
        """What a comment can be about: elements and materials, in their order."""
        if self.obj is None:
            return []
        t = self.page.t
        of_guide = [
            {
                "value": f"e:{element.name}",
                "title": t(element_title("guide", element.name, element.title)),
            }
            for element in elements().guide
        ]
        of_materials = [
            {"value": f"m:{material.getId()}", "title": material.title}
            for material in materials(self.obj)
            if api.user.has_permission("View", obj=material)
        ]
        groups = [
            {"title": t(_("Elements of the guide")), "places": of_guide},
            {"title": t(_("Materials")), "places": of_materials},
        ]
        return [group for group in groups if group["places"]]

    # ----------------------------------------------------------- another guide

    @property
    def has_searched(self) -> bool:
        """Whether somebody looks for a guide."""
        return bool(self._text("p_find").strip())

    def guides(self, name: str) -> list[dict[str, Any]]:
        """The guide chosen, and those that fit what was looked for."""
        chosen = self._text(f"p_{name}").strip()
        found = {}
        catalog = api.portal.get_tool("portal_catalog")
        online = {"portal_type": "MatterGuide", "review_state": "published"}
        if chosen:
            found.update({b.UID: b for b in catalog(UID=chosen, **online)})
        text = self._text("p_find").strip()[:100]
        if text:
            queries: list[dict[str, Any]] = [{"Title": text}]
            if _CODE.match(text):
                queries = [{"catalog_code": text}, {"matter_code": text}]
            for query in queries:
                brains = catalog(**query, **online, sort_on="sortable_title")
                found.update({b.UID: b for b in brains[:MOST_GUIDES]})
        for own in self._selves():
            found.pop(own, None)
        return [
            {
                "uid": brain.UID,
                "title": brain.Title,
                "code": brain.catalog_code or "",
                "url": brain.getURL(),
                "chosen": "checked" if chosen == brain.UID else None,
            }
            for brain in found.values()
        ]

    def _selves(self) -> list[str]:
        if self.obj is None:
            return []
        found = [IUUID(self.obj)]
        if IWorkingCopy.providedBy(self.obj):
            original = IOriginal(self.obj).original
            found += [IUUID(original)] if original is not None else []
        return found
