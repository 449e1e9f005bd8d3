"""REST of the registers: the list of one, with its columns."""

from . import listing
from .directory import Entry
from .listing import Say
from collections.abc import Iterable
from plone.restapi.batching import HypermediaBatch
from plone.restapi.services import Service
from typing import Any
from zExceptions import BadRequest
from zExceptions import NotFound
from zExceptions import Unauthorized
from zhinan import _
from zhinan.forms.messages import message
from zhinan.rules.registers import Register
from zhinan.rules.registers import registers
from zope.i18n import translate


def as_json(register: Register, entries: Iterable[Entry], say: Say) -> dict[str, Any]:
    """A register with its columns and these entries; empty elements are absent."""
    return {
        "name": register.name,
        "title": say(message(f"register.{register.name}", register.title)),
        "columns": [
            {
                "name": element.name,
                "kind": element.kind,
                "title": say(listing.heading(register, element.name)),
                **({"list": element.list} if element.list else {}),
            }
            for element in register.elements
            if element.kind != "file"
        ],
        "items": [
            {
                "@id": entry.url,
                "UID": entry.uid,
                "review_state": entry.state,
                **entry.values,
            }
            for entry in entries
        ],
    }


class RegisterGet(Service):
    """``GET <site>/@register?name=legal_basis`` or ``GET <folder>/@register``.

    ``q`` is looked for in the full text; every other element of the register's filters
    narrows the list by its value.
    """

    def reply(self) -> dict[str, Any]:
        """The entries that the client may see, in batches."""
        register = self.register()
        entries = listing.visible(register.name, self.value("q"))
        filters = {name: self.value(name) for name in register.filters}
        chosen = listing.narrowed(entries, filters)
        batch = HypermediaBatch(self.request, chosen)
        result = as_json(register, batch, self.say)
        result["@id"] = batch.canonical_url
        result["items_total"] = batch.items_total
        if batch.links:
            result["batching"] = batch.links
        return result

    def register(self) -> Register:
        """The register asked for, if the client may see it."""
        register = listing.register_of(self.context)
        if register is None:
            name = self.value("name")
            if not name:
                raise BadRequest(self.say(_("Name a register: ?name=legal_basis.")))
            register = registers().get(name.replace("-", "_"))
        if register is None or listing.folder_of(register.name) is None:
            raise NotFound(self.say(_("There is no such register.")))
        if not listing.readable(register):
            raise Unauthorized(self.say(_("Only the staff reads this register.")))
        return register

    def value(self, name: str) -> str:
        """A parameter of the query; empty if it is not one text."""
        value = self.request.form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def say(self, text: Any) -> str:
        """A message in the language of this request."""
        return translate(text, context=self.request)
