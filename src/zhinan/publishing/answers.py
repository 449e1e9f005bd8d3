"""What the services of changes and channels share: numbers, errors, entity tags."""

from hashlib import sha256
from plone.protect.interfaces import IDisableCSRFProtection
from plone.restapi.services import Service
from typing import Any
from zhinan import _
from zhinan.publishing import channels
from zhinan.publishing.channels import Channel
from zhinan.publishing.store import peek
from zhinan.rules.channels import token_name
from zope.i18n import translate
from zope.i18nmessageid import Message
from zope.interface import alsoProvides

import json
import transaction


#: Sequence numbers stay below; so do the keys of the tree that holds them.
LARGEST = 2**31 - 1


class Refused(Exception):
    """The request cannot be answered: status, type, and what to do."""

    def __init__(self, status: int, kind: str, sentence: Message, **more: Any):
        super().__init__(status, kind, sentence)
        self.status = status
        self.kind = kind
        self.sentence = sentence
        self.more = more


class Answer(Service):
    """A service whose refusals are JSON with a type and a sentence."""

    def reply(self) -> Any:
        """The answer, or why there is none; nothing is stored with a refusal."""
        try:
            return self.answer()
        except Refused as refusal:
            transaction.doom()
            return self.refuse(
                refusal.status, refusal.kind, refusal.sentence, **refusal.more
            )

    def answer(self) -> Any:
        """The answer itself."""
        raise NotImplementedError

    def refuse(
        self, status: int, kind: str, sentence: Message, **more: Any
    ) -> dict[str, Any]:
        """An error that a person can read and a machine can tell apart."""
        self.request.response.setStatus(status)
        if status == 401:
            self.request.response.setHeader("WWW-Authenticate", "Bearer")
        return {"error": {"type": kind, "message": self.say(sentence), **more}}

    def say(self, sentence: Message) -> str:
        """A sentence in the reader's language."""
        return translate(sentence, context=self.request)

    def writes(self) -> None:
        """Let the request write without a form's authenticator, as REST does."""
        alsoProvides(self.request, IDisableCSRFProtection)

    def number(self, name: str, default: int, most: int, sentence: Message) -> int:
        """A whole number of the query string.

        :raises Refused: if it is none, or not between 0 and ``most``.
        """
        raw = self.request.form.get(name)
        if raw is None:
            return default
        text = raw if isinstance(raw, str) else ""
        if not (text.isascii() and text.isdecimal()) or int(text[:20]) > most:
            raise Refused(400, "BadRequest", sentence)
        return int(text)

    def channel(self) -> Channel | None:
        """The channel that asks; None when nobody says to be one.

        :raises Refused: for a token that is no longer valid, or a channel that pauses.
        """
        scheme, _blank, token = (self.request._auth or "").partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token.startswith("zn1."):
            return None
        found = channels.find(peek(self.context), token) if token_name(token) else None
        if found is None:
            raise Refused(
                401,
                "Unauthorized",
                _("This token is not valid. Ask the keeper of the site for a new one."),
            )
        if not found.active:
            raise Refused(
                403,
                "Paused",
                _("This channel is paused. Ask the keeper of the site."),
            )
        self.writes()
        return found

    def tagged(self, body: dict[str, Any], private: bool) -> Any:
        """The answer with its entity tag, or 304 when the reader has it already."""
        text = json.dumps(body, sort_keys=True).encode("ascii")
        tag = f'"{sha256(text).hexdigest()[:32]}"'
        response = self.request.response
        response.setHeader("ETag", tag)
        scope = "private" if private else "public"
        response.setHeader("Cache-Control", f"{scope}, max-age=0, must-revalidate")
        response.setHeader("Vary", "Accept, Accept-Language, Authorization")
        known = self.request.get_header("If-None-Match") or ""
        if tag in [one.strip().removeprefix("W/") for one in known.split(",")]:
            return self.reply_no_content(304)
        return body
