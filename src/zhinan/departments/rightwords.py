"""Rights, functions and states as people read them; for the page and for REST."""

from plone import api
from typing import Any
from zhinan import _
from zhinan.departments import directory
from zhinan.departments import functions
from zhinan.departments import people
from zhinan.departments import why
from zhinan.departments.people import Person
from zhinan.forms.messages import message
from zhinan.rules.permissions import Holding
from zhinan.rules.permissions import words
from zope.i18n import translate
from zope.i18nmessageid import Message


DENIED = _(
    "rights_denied",
    default="You cannot see this. Your functions do not include it; more cannot be "
    "said here. If you need it for your work, ask the head of your department.",
)


class RightWords:
    """Mixin of whatever has a ``request``."""

    def say(self, text: str | Message) -> str:
        """A message in the language of this request."""
        return translate(text, context=self.request)

    def right_title(self, name: str) -> str:
        """What people call a right."""
        return self.say(message(f"right.{name}", words().rights[name].title))

    def function_title(self, name: str) -> str:
        """What people call a function."""
        return self.say(functions.title(words().functions[name]))

    def department_title(self, code: str) -> str:
        """Short name of a department; its code where it is gone."""
        entry = directory.get(code)
        return entry.short_name if entry else code

    def holding_title(self, holding: Holding) -> str:
        """A function with its department, and in whose place it is held."""
        text = self.function_title(holding.function)
        if holding.department:
            text = f"{self.department_title(holding.department)} · {text}"
        if holding.for_person:
            text = self.standing_in(text, holding.for_person)
        return text

    def standing_in(self, text: str, user_id: str) -> str:
        """The same, said of a substitute."""
        return self.say(
            _(
                "standing_in",
                default="${what} (for ${person})",
                mapping={"what": text, "person": people.name_of(user_id)},
            )
        )

    def person_title(self, person: Person) -> str:
        """A person's name, and in whose place."""
        if person.for_person:
            return self.standing_in(person.name, person.for_person)
        return person.name

    def type_title(self, place: why.Place) -> str:
        """What people call the type that decides."""
        fti = api.portal.get_tool("portal_types").getTypeInfo(place.type)
        return self.say(fti.Title()) if fti is not None else place.type

    def state_title(self, place: why.Place) -> str:
        """What people call the state."""
        if not place.state:
            return ""
        tool = api.portal.get_tool("portal_workflow")
        title = tool.getTitleForStateOnType(place.state, place.type)
        return self.say(Message(title, domain="plone"))

    def whose_title(self, whose: str) -> str:
        """Whose content a row speaks of."""
        return self.say(why.WHOSE[whose])

    # ---------------------------------------------------------------------- JSON

    def holding_json(self, holding: Holding) -> dict[str, Any]:
        """A function that somebody holds."""
        return {
            "function": holding.function,
            "title": self.holding_title(holding),
            "department": holding.department or None,
            "group": holding.group or None,
            "for": holding.for_person or None,
        }

    def source_json(self, source: why.Source) -> dict[str, Any]:
        """A row of the matrix with its people."""
        row = source.row
        return {
            "line": row.line,
            "function": row.function,
            "title": self.function_title(row.function),
            "whose": row.whose,
            "everybody": source.everybody,
            "holders": [
                {
                    "department": holders.department or None,
                    "group": holders.group,
                    "people": [
                        {
                            "fullname": p.name,
                            "for": people.name_of(p.for_person)
                            if p.for_person
                            else None,
                        }
                        for p in holders.people
                    ],
                }
                for holders in source.holders
            ],
        }

    def answer_json(self, answer: why.Answer) -> dict[str, Any]:
        """An answer with all that decides it."""
        place = answer.place
        return {
            "user": {"id": answer.user, "fullname": answer.name},
            "right": {"name": answer.right, "title": self.right_title(answer.right)},
            "permissions": list(answer.permissions),
            "allowed": answer.checked,
            "consistent": answer.consistent,
            "administrator": answer.administrator,
            "type": place.type,
            "state": place.state or None,
            "owner_department": place.owner or None,
            "co_owners": list(place.shared),
            "functions": [
                {**self.holding_json(h), "whose": answer.stands(h)}
                for h in answer.holdings
            ],
            "rows": [
                {
                    "line": ground.row.line,
                    "function": ground.row.function,
                    "whose": ground.row.whose,
                    "through": self.holding_json(ground.holding)
                    if ground.holding
                    else None,
                }
                for ground in answer.grounds
            ],
            "others": []
            if answer.allowed
            else [
                self.source_json(why.source_of(row, place))
                for row in answer.decision.others
            ],
            "notes": [self.say(note) for note in answer.notes],
        }
