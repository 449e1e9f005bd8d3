"""REST of the matter catalogue: the release of today, each release, what changed."""

from . import releases
from .releases import Release
from plone.protect.interfaces import IDisableCSRFProtection
from plone.restapi.deserializer import json_body
from plone.restapi.services import Service
from typing import Any
from zExceptions import BadRequest
from zExceptions import NotFound
from zhinan import _
from zhinan.rules import releases as rules
from zope.i18n import translate
from zope.interface import alsoProvides
from zope.interface import implementer
from zope.publisher.interfaces import IPublishTraverse

import re


_NUMBER = re.compile(r"^[0-9]{1,9}$")
_PAIR = re.compile(r"^([0-9]{1,9})\.\.([0-9]{1,9})$")


class _Catalogue(Service):
    """Base: addresses and summaries."""

    @property
    def url(self) -> str:
        """Address of the service."""
        return f"{self.context.absolute_url()}/@catalogue"

    def say(self, text: Any) -> str:
        """A message in the language of this request."""
        return translate(text, context=self.request)

    def summary(self, release: Release) -> dict[str, Any]:
        """Head of a release with its hash and the files of it."""
        head = release.head
        folder = f"{self.context.absolute_url()}/registers/catalogue-entry"
        return {
            "@id": f"{self.url}/{release.number}",
            "number": release.number,
            "title": head.title,
            "date": head.date,
            "document_number": head.document_number,
            "note": head.note,
            "released_at": head.released_at,
            "sha256": release.sha256,
            "previous": head.previous,
            "items_total": release.count,
            "page": f"{folder}/release/{release.number}",
            "xlsx": f"{folder}/@@release-xlsx?number={release.number}",
            "json": f"{folder}/@@release-json?number={release.number}",
        }

    def whole(self, release: Release) -> dict[str, Any]:
        """A release with its entries."""
        return {**self.summary(release), "items": release.entries()}

    def release(self, number: str) -> Release:
        """The release with this number; NotFound if there is none."""
        found = releases.get(int(number))
        if found is None:
            raise NotFound(self.say(_("There is no such release.")))
        return found


@implementer(IPublishTraverse)
class CatalogueGet(_Catalogue):
    """``GET @catalogue``, ``@catalogue/<number>``, ``@catalogue/<a>..<b>``."""

    asked = ""

    def publishTraverse(self, request: Any, name: str) -> Any:
        """One further part: a number, or two of them."""
        if self.asked:
            raise NotFound(name)
        self.asked = name
        return self

    def reply(self) -> dict[str, Any]:
        """The release of today with the list of all, one release, or changes."""
        if not self.asked:
            return self.today()
        if pair := _PAIR.match(self.asked):
            return self.changes(self.release(pair[1]), self.release(pair[2]))
        if not _NUMBER.match(self.asked):
            raise NotFound(self.say(_("There is no such release.")))
        release = self.release(self.asked)
        tag = f'"{release.sha256}"'
        response = self.request.response
        response.setHeader("ETag", tag)
        if self.request.get_header("If-None-Match") == tag:
            response.setStatus(304)
            return None
        return self.whole(release)

    def today(self) -> dict[str, Any]:
        """The latest release; without one the list is empty."""
        last = releases.latest()
        found = self.whole(last) if last else {"number": None, "items": []}
        return {
            **found,
            "@id": self.url,
            "items_total": last.count if last else 0,
            "releases": [self.summary(release) for release in releases.releases()],
        }

    def changes(self, old: Release, new: Release) -> dict[str, Any]:
        """What the new release has against the old one."""
        found = rules.changes(old.entries(), new.entries())
        return {
            "@id": f"{self.url}/{old.number}..{new.number}",
            "from": self.summary(old),
            "to": self.summary(new),
            "unchanged": found.unchanged,
            "added": list(found.added),
            "removed": list(found.removed),
            "changed": [
                {
                    "before": change.before,
                    "after": change.after,
                    "fields": [field.name for field in change.fields],
                }
                for change in found.changed
            ],
        }


class CataloguePost(_Catalogue):
    """``POST @catalogue``: release the published entries.

    ``title`` and ``date`` are required; ``follows``, the number of the latest release
    that the client knows, keeps two clients from releasing twice.
    """

    def reply(self) -> dict[str, Any]:
        """The new release."""
        # As all services that write: another site's form cannot ask for JSON.
        alsoProvides(self.request, IDisableCSRFProtection)
        data = json_body(self.request)
        for name in ("title", "date", "document_number", "note"):
            if not isinstance(data.get(name, ""), str):
                raise BadRequest([self._error(name, _("Enter a text."))])
        follows = data.get("follows")
        if follows is not None and (
            not isinstance(follows, int) or isinstance(follows, bool)
        ):
            raise BadRequest([self._error("follows", _("Enter a whole number."))])
        try:
            made = releases.release(data, follows=follows)
        except releases.Refused as error:
            raise BadRequest(
                [self._error(error.problem.field, error.sentence)]
            ) from error
        response = self.request.response
        response.setStatus(201)
        response.setHeader("Location", f"{self.url}/{made.number}")
        return self.whole(made)

    def _error(self, name: str, message: Any) -> dict[str, str]:
        return {"field": name, "message": self.say(message), "error": "ValidationError"}
