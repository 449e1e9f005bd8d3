"""REST of editions: what changed, an old edition as it was, two compared.

People's ids are told to those who see the history, and to nobody else.
"""

from . import editionacts
from .editionsof import content_of
from .editionsof import edition_of
from .editionsof import editions_of
from .editionsof import store_of
from .editiontold import told
from .editionwords import compared
from .editionwords import Part
from .editionwords import Section
from .shown import readable
from collections.abc import Iterable
from dataclasses import asdict
from plone import api
from plone.protect.interfaces import IDisableCSRFProtection
from plone.restapi.deserializer import json_body
from plone.restapi.services import Service
from typing import Any
from zExceptions import BadRequest
from zExceptions import NotFound
from zExceptions import Unauthorized
from zhinan import _
from zhinan.publishing.editions import Edition
from zhinan.publishing.transitions import Reason
from zhinan.publishing.transitions import Refused
from zope.i18n import translate
from zope.interface import alsoProvides
from zope.interface import implementer
from zope.publisher.interfaces import IPublishTraverse

import transaction


CORRECT, RESTORE = "correct_note", "restore"
#: Status of an answer by the reason's id; every other reason is the request's fault.
_STATUS = {"no_edition": 404, "not_allowed": 403, "wrong_state": 409}
_STATUS |= {"not_a_draft": 409, "copy_open": 409, "file_missing": 409}
_UNFIT = 422
_TYPES = {404: "NotFound", 403: "NotAllowed", 409: "WrongState", 410: "Gone"}


@implementer(IPublishTraverse)
class _Editions(Service):
    """What the services have in common: the rest of the address, and refusals."""

    #: parts of the address behind the name of the service
    parts = 0

    def __init__(self, context: Any, request: Any):
        super().__init__(context, request)
        self.path: list[str] = []

    def publishTraverse(self, request: Any, name: str) -> "_Editions":
        """Take the rest of the address."""
        if len(self.path) == self.parts:
            raise NotFound(name)
        self.path.append(name)
        return self

    def t(self, message: Any) -> str:
        """A message in the client's language."""
        return str(translate(message, context=self.request))

    def reply(self) -> Any:
        """The answer, or why there is none; nothing is stored with a refusal."""
        if len(self.path) != self.parts:
            raise NotFound(self.request.getURL())
        try:
            return self.answer()
        except Refused as refused:
            transaction.doom()
            return self.refuse(refused.reasons)

    def answer(self) -> Any:
        """The answer itself."""
        raise NotImplementedError

    def refuse(self, reasons: Iterable[Reason]) -> dict[str, Any]:
        """An error that says which rule failed, as that of a transition does."""
        rows = [
            {"id": r.id, "message": self.t(r.message), "element": r.element}
            for r in reasons
        ]
        status = next((_STATUS[r["id"]] for r in rows if r["id"] in _STATUS), _UNFIT)
        message = " ".join(row["message"] for row in rows)
        return self.error(status, message, reasons=rows)

    def error(self, status: int, message: str, **more: Any) -> dict[str, Any]:
        """An error with its status."""
        self.request.response.setStatus(status)
        kind = _TYPES.get(status, "Refused")
        return {"error": {"type": kind, "message": message, **more}}

    @property
    def url(self) -> str:
        """Address of the guide."""
        return str(self.context.absolute_url())

    @property
    def sees_people(self) -> bool:
        """Whether the client learns who made an edition."""
        return editionacts.sees_people(self.context)

    def found(self, number: str) -> Edition:
        """An edition that the client may read.

        :raises Refused: if there is none with this number.
        """
        edition = edition_of(self.context, number)
        if edition is None:
            message = _("There is no such edition.")
            raise Refused([Reason("no_edition", message)])
        return edition

    def closed(self, edition: Edition) -> dict[str, Any] | None:
        """The answer for an edition that was published in error, to the public."""
        if self.sees_people or not store_of(self.context).is_retracted(edition):
            return None
        message = _("This edition was published in error and taken back.")
        return self.error(410, self.t(message))

    def summary(self, edition: Edition) -> dict[str, Any]:
        """What is told of an edition without its content."""
        about = told(self.context, edition)
        found = {
            "@id": f"{self.url}/@edition/{edition.number}",
            "page": about.url,
            "number": str(edition.number),
            "date": edition.moment.isoformat(),
            "note": self.t(about.note),
            "note_corrected": about.corrected,
            "minor": edition.minor,
            "retracted": about.retracted,
            "current": editions_of(self.context)[0] == edition,
            "public_hash": about.public_hash,
            "content_hash": edition.content_hash,
            "previous": edition.previous,
            "hash": edition.hash,
        }
        if self.sees_people:
            found["staff"] = self._staff(edition)
        return found

    def _staff(self, edition: Edition) -> dict[str, Any]:
        store = store_of(self.context)
        seen = store.afterwards(edition)
        return {
            "origin": edition.origin,
            "drafted_by": list(edition.drafted_by),
            "submitted_by": edition.submitted_by or None,
            "approved_by": edition.approved_by or None,
            "approved_at": _text(edition.approved_at),
            "published_by": edition.published_by or None,
            "emergency": edition.emergency or None,
            "unseen": store.is_unseen(edition),
            "approved_afterwards": seen
            and {"by": seen.by, "at": _text(seen.moment), "note": seen.note},
            "software": edition.software,
            "first_note": edition.note,
            "corrections": [
                {"note": c.note, "by": c.by, "at": _text(c.moment), "reason": c.reason}
                for c in store.corrections(edition)
            ],
        }


def _text(moment: Any) -> str | None:
    return moment.isoformat() if moment is not None else None


class EditionsGet(_Editions):
    """``GET <guide>/@editions``: all editions, the newest first."""

    def answer(self) -> dict[str, Any]:
        """The editions without their contents."""
        items = [self.summary(edition) for edition in editions_of(self.context)]
        return {
            "@id": f"{self.url}/@editions",
            "items": items,
            "items_total": len(items),
        }


class EditionGet(_Editions):
    """``GET <guide>/@edition/<number>``: one edition as it was."""

    parts = 1

    def answer(self) -> dict[str, Any]:
        """What is told of it, and its content as far as the client may read it."""
        edition = self.found(self.path[0])
        closed = self.closed(edition)
        if closed is not None:
            return closed
        content = readable(self.context, content_of(self.context, edition))
        base = told(self.context, edition).url
        _add_addresses(content, base)
        return {**self.summary(edition), "content": content}


def _add_addresses(content: dict[str, Any], base: str) -> None:
    """Where the files of a content lie; the levels are not told."""
    for holder in _holders(content):
        for about in holder.values():
            if isinstance(about, dict) and "sha256" in about:
                about.pop("level", None)
                about["download"] = f"{base}/files/{about['sha256']}"


def _holders(content: dict[str, Any]) -> Iterable[dict[str, Any]]:
    yield content.get("elements", {})
    for material in content.get("materials", ()):
        yield material.get("elements", {})
        for form in material.get("forms", ()):
            yield form.get("files", {})


class EditionPost(_Editions):
    """``POST <guide>/@edition/<number>``: correct its note, or restore it."""

    parts = 1

    def answer(self) -> dict[str, Any]:
        """The edition, or the draft that it became."""
        if api.user.is_anonymous():
            raise Unauthorized(self.t(_("Log in to work here.")))
        # As all services that write: another site's form cannot ask for JSON.
        alsoProvides(self.request, IDisableCSRFProtection)
        data = json_body(self.request)
        action = data.get("action")
        if action == CORRECT:
            return self._correct(data)
        if action == RESTORE:
            return self._restore()
        raise BadRequest(self.t(_("“action” is “correct_note” or “restore”.")))

    def _correct(self, data: dict[str, Any]) -> dict[str, Any]:
        texts = {name: data.get(name, "") for name in ("note", "reason")}
        wrong = [name for name, text in texts.items() if not isinstance(text, str)]
        if wrong:
            message = _("Enter a text.")
            raise Refused([Reason("not_a_text", message, name) for name in wrong])
        editionacts.correct_note(self.context, self.path[0], **texts)
        return self.summary(self.found(self.path[0]))

    def _restore(self) -> dict[str, Any]:
        made = editionacts.restore(self.context, self.path[0])
        response = self.request.response
        response.setStatus(201)
        response.setHeader("Location", made.object.absolute_url())
        return {
            "@id": made.object.absolute_url(),
            "@type": made.object.portal_type,
            "edition": self.path[0],
            "left_out": list(made.left_out),
        }


class CompareGet(_Editions):
    """``GET <guide>/@compare/<one>/<two>``: what differs, in names and in words."""

    parts = 2

    def answer(self) -> dict[str, Any]:
        """Every difference that the client may read."""
        one, two = (self.found(number) for number in self.path)
        closed = self.closed(one) or self.closed(two)
        if closed is not None:
            return closed
        names, sections = compared(self.context, one, two, self.t)
        return {
            "@id": f"{self.url}/@compare/{one.number}/{two.number}",
            "one": self.summary(one),
            "two": self.summary(two),
            "differs": sorted(names.names()),
            "sections": [_section(section) for section in sections],
        }


def _section(section: Section) -> dict[str, Any]:
    return {
        "name": section.name,
        "kind": section.kind,
        "title": section.title,
        "parts": [_part(part) for part in section.parts],
    }


def _part(part: Part) -> dict[str, Any]:
    """Lines with their pieces; of files the lines that only one of them has."""
    return {
        "name": part.name,
        "title": part.title,
        "sentence": part.sentence,
        "lines": [
            {"kind": kind, "pieces": [{"kind": k, "text": text} for k, text in pieces]}
            for kind, pieces in part.rows
        ],
        "text": [asdict(line) for line in part.text],
        "more": part.more,
    }
