"""Links in texts: which there are, and which lead into an internal network."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import ipaddress
import re


_LINK = re.compile(r"https?://[\w.~:/?#\[\]@!$&'*+,;=%()-]+", re.ASCII | re.IGNORECASE)
#: What ends a sentence is no part of an address.
_TAIL = ".,;:!?'"
_INSIDE = (
    ".local",
    ".lan",
    ".intranet",
    ".internal",
    ".corp",
    ".home.arpa",
    ".localdomain",
    ".localhost",
)


def links_in(text: str) -> Iterator[str]:
    """The web addresses that a text names, each once."""
    told = set()
    for match in _LINK.finditer(text):
        link = match[0].rstrip(_TAIL)
        if link.endswith(")") and "(" not in link:
            link = link[:-1].rstrip(_TAIL)
        if link not in told and host_of(link):
            told.add(link)
            yield link


def host_of(link: str) -> str:
    """The host of a web address; empty where it has none."""
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return ""
    return host.rstrip(".").lower() if parts.scheme in {"http", "https"} else ""


def is_private(address: str) -> bool:
    """Whether an IP address belongs to no public network."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return True
    mapped = getattr(found, "ipv4_mapped", None)
    return not (mapped or found).is_global or found.is_multicast


def is_inside(host: str) -> bool:
    """Whether a host can be reached from an internal network alone, by its name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(_INSIDE)
    return is_private(host)
