"""One message to one address over HTTP, bounded in time, its failure in plain terms."""

from dataclasses import dataclass
from threading import Timer
from urllib.parse import urlsplit

import contextlib
import http.client
import socket
import ssl


#: Seconds that a connection, and each answer of it, may take; and all of it.
PATIENCE, DEADLINE = 5, 10


@dataclass(frozen=True)
class Outcome:
    """Whether a message was taken; if not, the name of the reason, and its detail."""

    taken: bool
    reason: str = ""
    detail: str = ""


def post(address: str, body: bytes, headers: dict[str, str]) -> Outcome:
    """Send a message; anything but 2xx is not taken, and nothing is followed.

    The certificate of https is checked against the authorities of the machine.
    """
    parts = urlsplit(address)
    try:
        if parts.scheme == "https":
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                parts.hostname or "",
                parts.port,
                timeout=PATIENCE,
                context=ssl.create_default_context(),
            )
        else:
            connection = http.client.HTTPConnection(
                parts.hostname or "", parts.port, timeout=PATIENCE
            )
        return _exchange(connection, parts, body, headers)
    except ssl.SSLCertVerificationError as error:
        return Outcome(False, "certificate", error.verify_message)
    except ssl.SSLError as error:
        return Outcome(False, "encryption", error.reason or "")
    except TimeoutError:
        return Outcome(False, "timeout", str(DEADLINE))
    except ConnectionRefusedError:
        return Outcome(False, "refused")
    except socket.gaierror:
        return Outcome(False, "unknown_host", parts.hostname or "")
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Outcome(False, "broken", type(error).__name__)


def _exchange(
    connection: http.client.HTTPConnection,
    parts: object,
    body: bytes,
    headers: dict[str, str],
) -> Outcome:
    late = []

    def give_up() -> None:
        """A receiver that answers a byte at a time does not hold us for ever."""
        late.append(True)
        if connection.sock is not None:
            with contextlib.suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    timer = Timer(DEADLINE, give_up)
    timer.daemon = True
    timer.start()
    try:
        target = parts.path or "/"
        target += f"?{parts.query}" if parts.query else ""
        connection.request("POST", target, body, headers)
        answer = connection.getresponse()
        if 200 <= answer.status < 300:
            return Outcome(True)
        if 300 <= answer.status < 400:
            where = answer.getheader("Location") or ""
            return Outcome(False, "redirect", where[:200])
        return Outcome(False, "status", str(answer.status))
    except (OSError, http.client.HTTPException):
        if late:
            raise TimeoutError from None
        raise
    finally:
        timer.cancel()
        connection.close()
