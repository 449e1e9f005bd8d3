"""One-time codes from a clock, as RFC 6238 and RFC 4226 say.

Written out here because it is thirty lines and a second factor should not hang on a
package; the vectors of both RFCs are in the tests.
"""

from base64 import b32encode
from urllib.parse import quote
from urllib.parse import urlencode

import hashlib
import hmac


#: Seconds of a step, digits of a code, steps by which a clock may be wrong.
STEP, DIGITS, DRIFT = 30, 6, 1


def hotp(
    secret: bytes, counter: int, digits: int = DIGITS, digest: str = "sha1"
) -> str:
    """The code of a counter (RFC 4226, 5.3)."""
    mac = hmac.new(secret, counter.to_bytes(8, "big"), digest).digest()
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def step_of(moment: float) -> int:
    """The step in which a moment lies."""
    return int(moment) // STEP


def totp(
    secret: bytes, moment: float, digits: int = DIGITS, digest: str = "sha1"
) -> str:
    """The code of a moment (RFC 6238, 4.2)."""
    return hotp(secret, step_of(moment), digits, digest)


def matching_step(
    secret: bytes, code: str, moment: float, used: int = -1, drift: int = DRIFT
) -> int | None:
    """The step whose code this is, within the drift and later than ``used``.

    A code that was taken once, or an older one, is not taken again. All candidates are
    compared, each in constant time, so that the time tells nothing.
    """
    typed = "".join(code.split())
    if len(typed) != DIGITS or not (typed.isascii() and typed.isdigit()):
        return None
    now = step_of(moment)
    found = None
    for step in range(max(0, now - drift), now + drift + 1):
        same = hmac.compare_digest(hotp(secret, step), typed)
        if same and step > used and found is None:
            found = step
    return found


def secret_text(secret: bytes) -> str:
    """The secret as people type it: Base32 in groups of four."""
    text = b32encode(secret).decode("ascii").rstrip("=")
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def address(secret: bytes, issuer: str, account: str) -> str:
    """The otpauth address that stands in the QR code."""
    label = quote(f"{issuer}:{account}", safe="")
    query = urlencode(
        {
            "secret": secret_text(secret).replace(" ", ""),
            "issuer": issuer,
            "algorithm": "SHA1",
            "digits": DIGITS,
            "period": STEP,
        },
        quote_via=quote,
    )
    return f"otpauth://totp/{label}?{query}"


def derived_secret(key: bytes, person: str, nonce: str) -> bytes:
    """The secret of a person, made from a key that is not in the database.

    Only the nonce is stored, so a copy of the database alone gives no codes.
    """
    text = f"totp\0{person}\0{nonce}".encode()
    return hmac.new(key, text, hashlib.sha256).digest()[:20]
