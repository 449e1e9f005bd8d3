"""What a channel may be called, where its hook may point, how a message is signed."""

from hashlib import sha256
from urllib.parse import urlsplit

import hmac
import re


NAME = re.compile(r"[a-z][a-z0-9-]{1,29}")
LONGEST_ADDRESS = 500
#: Begins every token of a channel, so that no other kind is taken for one.
PREFIX = "zn1."


def token_name(token: str) -> str | None:
    """The channel's name that a token carries, or None if it is none of ours."""
    parts = token.split(".")
    if not token.startswith(PREFIX) or len(parts) != 3 or not NAME.fullmatch(parts[1]):
        return None
    return parts[1]


def token_key(token: str) -> str:
    """What is kept of a token: its SHA-256, which is also the key of signatures."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def is_token(token: str, key: str) -> bool:
    """Whether a token is the one of which this was kept; takes the same time always."""
    return hmac.compare_digest(token_key(token), key)


def signature(key: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over timestamp, full stop and body; 64 hexadecimal digits."""
    text = timestamp.encode("ascii") + b"." + body
    return hmac.new(key.encode("ascii"), text, sha256).hexdigest()


def address_problem(address: str) -> str | None:
    """Why nothing may be sent to this address: a name of a reason, or None."""
    if len(address) > LONGEST_ADDRESS or not address.isascii():
        return "address_form"
    if any(character <= " " or character == "\x7f" for character in address):
        return "address_form"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return "address_form"
    if parts.scheme not in {"http", "https"}:
        return "address_scheme"
    if not parts.hostname or port == 0:
        return "address_form"
    if parts.username is not None or parts.password is not None:
        return "address_login"
    return "address_form" if parts.fragment else None
