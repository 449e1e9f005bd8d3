"""Entries of the trail as plain sentences."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from plone import api
from plone.dexterity.utils import iterSchemataForType
from typing import Any
from zhinan import _
from zhinan.departments import directory
from zhinan.departments.functions import title as function_title
from zhinan.pages.formats import Formats
from zhinan.rules.permissions import parse_group
from zhinan.rules.permissions import words as functions
from zhinan.supervision import known
from zhinan.supervision.words import ACTS
from zhinan.supervision.words import CHAINS
from zhinan.trail.moments import CITY_TIME
from zope.i18nmessageid import Message
from zope.schema import getFieldsInOrder

import datetime


#: Fields that a sentence names; more are counted.
MOST_FIELDS = 12
#: What the part of the sentence behind the person is made of, beside the fields.
_SAID = ("act", "type", "from", "to", "edition", "note", "count")
#: Answers that are remembered at a time.
_MOST_KNOWN = 5000
#: Acts of which every field is new.
_BEGINNINGS = frozenset({"added", "imported", "copied"})
_WORKFLOW = "workflow."


class Teller(Formats):
    """Tells of acts in the language of a request; remembers what it has looked up."""

    def __init__(self, request: Any):
        self.request = request
        self._fields: dict[str, dict[str, Any]] = {}
        self._known: dict[tuple[str, ...], str] = {}

    def _once(self, look_up: Callable[..., str], *asked: str) -> str:
        """What was looked up already is not looked up again: an export has many."""
        key = (look_up.__name__, *asked)
        if key not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = look_up(*asked)
        return self._known[key]

    # ---------------------------------------------------------------------- who

    def person(self, name: str) -> str:
        """A person's name; the login of one who is gone."""
        return self._once(self._person, name)

    def _person(self, name: str) -> str:
        if not name:
            return self.t(_("somebody who was not signed in"))
        if name == "system":
            return self.t(_("the system"))
        user = api.user.get(userid=name)
        fullname = str(user.getProperty("fullname") or "") if user else ""
        return fullname or name

    def department(self, code: str) -> str:
        """Short name of a department, also of one that is gone."""
        entry = directory.get(code)
        if entry is not None:
            return entry.short_name
        return known.of().departments.get(code, code)

    def functions(self, text: str) -> str:
        """In which functions somebody acted: those of one department together."""
        return self._once(self._functions, text)

    def _functions(self, text: str) -> str:
        found: dict[str, list[str]] = {}
        for part in text.split():
            code, colon, name = part.rpartition(":")
            function = functions().functions.get(name if colon else part)
            if function is not None:
                found.setdefault(code, []).append(self.t(function_title(function)))
        return self.several(
            " ".join(filter(None, (self.department(code), self.several(names))))
            if code
            else self.several(names)
            for code, names in found.items()
        )

    def who(self, said: Mapping[str, Any]) -> str:
        """The person with the functions."""
        name = self.person(said.get("who", ""))
        functions_ = self.functions(said.get("function", ""))
        if not functions_:
            return name
        return self.t(
            _(
                "person_in_function",
                default="${person} (${functions})",
                mapping={"person": name, "functions": functions_},
            )
        )

    def group(self, name: str) -> str:
        """What a group stands for."""
        found = parse_group(name)
        if found is not None:
            return self.functions(":".join(found))
        for function in functions().site_functions():
            if function.group == name:
                return self.t(function_title(function))
        return name

    # --------------------------------------------------------------------- what

    def several(self, texts: Iterable[str]) -> str:
        """One after the other."""
        return self.t(_("list_separator", default=", ")).join(texts)

    def type_title(self, said: Mapping[str, Any]) -> str:
        """What kind of thing it is."""
        kind = said.get("uid", "").partition(":")[0]
        return self._once(self._type_title, said.get("type", ""), kind)

    def _type_title(self, portal_type: str, kind: str) -> str:
        if not portal_type:
            return self.t(CHAINS[kind]) if kind in CHAINS else ""
        info = api.portal.get_tool("portal_types").get(portal_type)
        return self.t(info.Title()) if info is not None else portal_type

    def title(self, said: Mapping[str, Any]) -> str:
        """What it is called, or its kind where that is not told."""
        title, uid = said.get("title", ""), said.get("uid", "")
        if uid.startswith("user:"):
            return self.person(title)
        if uid.startswith("group:"):
            return self.group(title)
        return title or self.type_title(said) or said.get("path", "")

    def fields(self, portal_type: str, names: Iterable[str]) -> list[str]:
        """Titles of fields, in the order of the form."""
        if portal_type not in self._fields:
            self._fields[portal_type] = self._titles(portal_type)
        titles = self._fields[portal_type]
        order = list(titles)
        wanted = sorted(
            names, key=lambda n: (order.index(n) if n in titles else len(order), n)
        )
        return list(dict.fromkeys(self.t(titles.get(name, name)) for name in wanted))

    def _titles(self, portal_type: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        try:
            schemata = list(iterSchemataForType(portal_type))
        except (AttributeError, ValueError, LookupError):
            # A type that is not there any more.
            return found
        for schema in schemata:
            for name, field in getFieldsInOrder(schema):
                found.setdefault(name, field.title or name)
        return found

    def state(self, portal_type: str, state: str) -> str:
        """Title of a state."""
        return self._once(self._state, portal_type, state)

    def _state(self, portal_type: str, state: str) -> str:
        tool = api.portal.get_tool("portal_workflow")
        title = tool.getTitleForStateOnType(state, portal_type) if state else ""
        return self.t(Message(title, domain="plone")) if title else state

    def transition(self, portal_type: str, name: str) -> str:
        """Title of a transition."""
        return self._once(self._transition, portal_type, name)

    def _transition(self, portal_type: str, name: str) -> str:
        tool = api.portal.get_tool("portal_workflow")
        for workflow in tool.getChainForPortalType(portal_type):
            found = tool[workflow].transitions.get(name)
            if found is not None:
                title = found.title or found.actbox_name or name
                return self.t(Message(title, domain="plone"))
        return name

    # ---------------------------------------------------------------- sentences

    def did(self, said: Mapping[str, Any]) -> str:
        """What was done: the part of the sentence behind the person."""
        fields = " ".join(sorted(said.get("fields") or {}))
        return self._once(
            self._did, fields, *(str(said.get(name, "")) for name in _SAID)
        )

    def _did(self, fields: str, *values: str) -> str:
        said: dict[str, Any] = dict(zip(_SAID, values, strict=True))
        said["fields"] = fields.split()
        act, type_ = said.get("act", ""), said.get("type", "")
        names = self.fields(type_, said.get("fields") or {})
        listed = self._listed(names)
        text = self._act(act, type_, said)
        if act == "changed" and names:
            changed = _("act_changed_fields", default="changed ${fields}")
            text = self._say(changed, listed)
        elif names and act not in _BEGINNINGS:
            also = _("act_and_fields", default="${done}, and changed ${fields}")
            text = self._say(also, listed, done=text)
        note = " ".join((said.get("note") or "").split())
        if note and act not in {"trail.read", "trail.exported"}:
            noted = _("act_with_note", default="${done}: ${note}")
            text = self._say(noted, done=text, note=note)
        return text

    def _act(self, act: str, type_: str, said: Mapping[str, Any]) -> str:
        before, after = said.get("from", ""), said.get("to", "")
        if act.startswith(_WORKFLOW):
            done = self.transition(type_, act.removeprefix(_WORKFLOW))
            if before == after:
                return done
            return self._say(
                _("act_transition", default="${done}, from ${from} to ${to}"),
                done=done,
                **{"from": self.state(type_, before), "to": self.state(type_, after)},
            )
        if act.startswith("group."):
            before, after = self.group(before), self.group(after)
        if act.startswith("handover."):
            before, after = (
                self.several(self.department(code.strip()) for code in side.split(","))
                for side in (before, after)
            )
        if act not in ACTS:
            other = _("act_other", default="did “${act}”")
            return self._say(other, act=act)
        return self._say(
            ACTS[act],
            edition=said.get("edition", ""),
            count=str(said.get("count", "")),
            **{"from": before, "to": after},
        )

    def _say(self, message: Message, fields: str = "", **values: str) -> str:
        mapping = {"fields": fields, **values}
        return self.t(Message(message, mapping=mapping))

    def _listed(self, names: list[str]) -> str:
        listed = self.several(names[:MOST_FIELDS])
        if len(names) <= MOST_FIELDS:
            return listed
        more = _("fields_and_more", default="${fields} and others, ${number} in all")
        return self._say(more, listed, number=str(len(names)))

    def local(self, at: str) -> datetime.datetime:
        """The moment in the city."""
        return datetime.datetime.fromisoformat(at).astimezone(CITY_TIME)

    def moment(self, at: str) -> str:
        """Day and time in the city."""
        local = self.local(at)
        return f"{self.date(local.date())} {local:%H:%M}"

    def sentence(self, said: Mapping[str, Any]) -> str:
        """All of it in one sentence."""
        return self.t(
            _(
                "trail_sentence",
                default="${moment}, ${who} ${did}",
                mapping={
                    "moment": self.moment(said["at"]),
                    "who": self.who(said),
                    "did": self.did(said),
                },
            )
        )
