"""Asking an address whether it is there, without becoming a way into the network.

The name is looked up here, and the connection is made to the very number that was
looked at: between two questions a name may mean another machine. Redirections are
followed by hand, each with the same look.
"""

from collections.abc import Callable
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Timer
from typing import Any
from urllib.parse import quote
from urllib.parse import urljoin
from urllib.parse import urlsplit
from zhinan.rules.links import host_of
from zhinan.rules.links import is_private

import contextlib
import functools
import http.client
import socket
import ssl
import time


FINE, DEAD, UNSURE, INTRANET = "fine", "dead", "unsure", "intranet"
Answer = tuple[str, str]
#: Answers of who is there and does not like to be asked by a program.
_THERE = frozenset({401, 403, 405, 406, 407, 412, 429, 451, 501})
_GONE = frozenset({404, 410})
_HOPS = 5
#: Addresses asked at a time, each of another host.
WIDTH = 8
AGENT = "Zhinan link check"


class _Refused(Exception):
    """An address that is not asked; the first argument is the answer."""


def _numbers(host: str, port: int, private: bool) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    numbers = list(dict.fromkeys(str(row[4][0]) for row in found))
    if not private and any(map(is_private, numbers)):
        raise _Refused((INTRANET, ""))
    return numbers


def _connection(
    scheme: str, host: str, port: int, numbers: list[str], seconds: float
) -> http.client.HTTPConnection:
    """A connection that goes to these numbers and nowhere else."""

    def connect(_address: Any, timeout: Any = None, _source: Any = None) -> Any:
        error: OSError | None = None
        for number in numbers[:2]:
            try:
                return socket.create_connection((number, port), seconds)
            except OSError as problem:
                error = problem
        raise error or OSError(host)

    made: http.client.HTTPConnection
    if scheme == "https":
        made = http.client.HTTPSConnection(
            host, port, timeout=seconds, context=ssl.create_default_context()
        )
    else:
        made = http.client.HTTPConnection(host, port, timeout=seconds)
    made._create_connection = connect
    return made


def _status(url: str, method: str, end: float, private: bool) -> tuple[int, str]:
    """The status of an address and where it sends us."""
    parts = urlsplit(url)
    host = host_of(url)
    port = parts.port or {"https": 443}.get(parts.scheme, 80)
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    connection = _connection(
        parts.scheme, host, port, _numbers(host, port, private), left
    )
    late = []

    def give_up() -> None:
        """Who answers a byte at a time does not hold us for ever."""
        late.append(True)
        if connection.sock is not None:
            with contextlib.suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    timer = Timer(left, give_up)
    timer.daemon = True
    timer.start()
    try:
        target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        if parts.query:
            target += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
        connection.request(method, target, headers={"User-Agent": AGENT})
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location") or ""
    except (OSError, http.client.HTTPException):
        if late:
            raise TimeoutError from None
        raise
    finally:
        timer.cancel()
        connection.close()


def ask(url: str, seconds: float = 15, private: bool = False) -> Answer:
    """How an address stands: fine, dead, unsure or intranet, with a detail.

    :param private: whether machines of internal networks are asked, too.
    """
    end = time.monotonic() + seconds
    try:
        for _hop in range(_HOPS):
            if not host_of(url):
                return DEAD, "address"
            status, there = _status(url, "HEAD", end, private)
            if status in _GONE or status in _THERE or status >= 500:
                # Some know no HEAD, and say so in many ways.
                status, there = _status(url, "GET", end, private)
            if 300 <= status < 400 and there:
                url = urljoin(url, there)
                continue
            break
        else:
            return DEAD, "circle"
    except _Refused as refused:
        return refused.args[0]
    except TimeoutError:
        return UNSURE, "timeout"
    except ConnectionRefusedError:
        return DEAD, "refused"
    except socket.gaierror:
        return DEAD, "unknown_host"
    except ssl.SSLError:
        return UNSURE, "certificate"
    except (OSError, http.client.HTTPException, ValueError):
        return UNSURE, "broken"
    if status in _GONE:
        return DEAD, str(status)
    if status < 400 or status in _THERE:
        return FINE, str(status)
    return UNSURE, str(status)


def ask_all(
    urls: Iterable[str], seconds: float, private: bool, one: Callable[..., Answer] = ask
) -> dict[str, Answer]:
    """The answers of some addresses, which are asked at the same time."""
    wanted = list(urls)
    if not wanted:
        return {}
    asked = functools.partial(one, seconds=seconds, private=private)
    with ThreadPoolExecutor(min(WIDTH, len(wanted))) as pool:
        return dict(zip(wanted, pool.map(asked, wanted), strict=True))


def next_round(urls: Iterable[str], width: int = WIDTH) -> list[str]:
    """The next addresses to ask, each of another host."""
    found: dict[str, str] = {}
    for url in urls:
        found.setdefault(host_of(url), url)
        if len(found) == width:
            break
    return list(found.values())


def first_hosts(urls: Iterable[str], most: int) -> list[str]:
    """The addresses of at most so many hosts."""
    hosts: set[str] = set()
    kept = []
    for url in urls:
        host = host_of(url)
        if host in hosts or len(hosts) < most:
            hosts.add(host)
            kept.append(url)
    return kept
