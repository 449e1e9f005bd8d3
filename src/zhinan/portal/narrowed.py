"""A list of a register's entries that text and filters narrow."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from zhinan import _
from zhinan.departments import directory as departments
from zhinan.forms.messages import code_title
from zhinan.forms.messages import message
from zhinan.pages.lists import ListPage
from zhinan.rules.elements import code_lists
from zhinan.rules.registers import Register


#: Longest text that is looked for in a list.
LONGEST = 200


class NarrowedList(ListPage):
    """Base of such lists; subclasses give ``register`` and ``filter_names``."""

    entrance = "registers"
    register: Register
    #: the elements by which the list is narrowed
    filter_names: Sequence[str]

    def summary(self) -> str:
        """What the list is for."""
        register = self.register
        return self.t(message(f"register.{register.name}.summary", register.summary))

    @property
    def page_description(self) -> str:
        """For the head of the page."""
        return self.summary()

    @cached_property
    def text(self) -> str:
        """What is looked for."""
        typed = self.request.form.get("q", "")
        return typed.strip()[:LONGEST] if isinstance(typed, str) else ""

    def values_of(self, name: str) -> list[tuple[str, str]]:
        """The values by which an element narrows the list, each with its title."""
        element = self.register.element(name)
        if element.kind == "department":
            return [(c, e.short_name) for c, e in departments.entries().items()]
        if element.kind == "bool":
            return [("1", self.t(_("yes"))), ("0", self.t(_("no")))]
        codes = code_lists()[element.list].codes
        return [(c.value, self.t(code_title(element.list, c.value))) for c in codes]

    @cached_property
    def filters(self) -> dict[str, str]:
        """The values chosen, by element."""
        return {
            name: self.choice(name, dict(self.values_of(name)))
            for name in self.filter_names
        }

    def params(self) -> dict[str, Any]:
        """Text and filters as they are."""
        return {"q": self.text, **self.filters}
