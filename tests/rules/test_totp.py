"""One-time codes: the vectors of RFC 4226 and RFC 6238, drift and replay."""

from hypothesis import given
from hypothesis import strategies as st
from urllib.parse import parse_qs
from urllib.parse import urlsplit
from zhinan.rules import totp

import pytest


SECRET = b"12345678901234567890"
SECRETS = {
    "sha1": SECRET,
    "sha256": b"12345678901234567890123456789012",
    "sha512": b"1234567890" * 6 + b"1234",
}


@pytest.mark.parametrize(
    ("counter", "code"),
    list(
        enumerate(
            [
                "755224",
                "287082",
                "359152",
                "969429",
                "338314",
                "254676",
                "287922",
                "162583",
                "399871",
                "520489",
            ]
        )
    ),
)
def test_rfc_4226(counter, code):
    """Appendix D."""
    assert totp.hotp(SECRET, counter) == code


@pytest.mark.parametrize(
    ("moment", "digest", "code"),
    [
        (59, "sha1", "94287082"),
        (59, "sha256", "46119246"),
        (59, "sha512", "90693936"),
        (1111111109, "sha1", "07081804"),
        (1111111109, "sha256", "68084774"),
        (1111111109, "sha512", "25091201"),
        (1111111111, "sha1", "14050471"),
        (1111111111, "sha256", "67062674"),
        (1111111111, "sha512", "99943326"),
        (1234567890, "sha1", "89005924"),
        (1234567890, "sha256", "91819424"),
        (1234567890, "sha512", "93441116"),
        (2000000000, "sha1", "69279037"),
        (2000000000, "sha256", "90698825"),
        (2000000000, "sha512", "38618901"),
        (20000000000, "sha1", "65353130"),
        (20000000000, "sha256", "77737706"),
        (20000000000, "sha512", "47863826"),
    ],
)
def test_rfc_6238(moment, digest, code):
    """Appendix B."""
    assert totp.totp(SECRETS[digest], moment, 8, digest) == code


@given(st.integers(0, 4_000_000_000), st.integers(-3, 3))
def test_drift(moment, steps):
    """One step early or late is taken, two are not."""
    other = moment + steps * totp.STEP
    if other < 0:
        return
    code = totp.totp(SECRET, other)
    found = totp.matching_step(SECRET, code, moment)
    if abs(steps) <= 1:
        assert found is not None
        assert totp.hotp(SECRET, found) == code
    elif found is not None:
        # Two steps may share a code, once in a million.
        assert totp.hotp(SECRET, found) == code


def test_no_code_twice():
    """The same code, and one before it, are refused once a code was taken."""
    moment = 1_700_000_000
    code = totp.totp(SECRET, moment)
    step = totp.matching_step(SECRET, code, moment)
    assert step == totp.step_of(moment)
    assert totp.matching_step(SECRET, code, moment, used=step) is None
    earlier = totp.totp(SECRET, moment - totp.STEP)
    assert totp.matching_step(SECRET, earlier, moment, used=step) is None
    later = totp.totp(SECRET, moment + totp.STEP)
    assert totp.matching_step(SECRET, later, moment, used=step) == step + 1


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "-12345"]
)
def test_what_is_no_code(typed):
    """Anything but six ASCII figures; spaces between them do not matter."""
    assert totp.matching_step(SECRET, typed, 59) is None


def test_spaces_do_not_matter():
    """Apps show the code in two groups."""
    assert totp.matching_step(SECRET, " 287 082 ", 59) == 1


def test_address():
    """What the app reads from the QR code, Chinese names included."""
    parts = urlsplit(totp.address(SECRET, "嘉峪关 指南", "bianji"))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    query = parse_qs(parts.query)
    assert query["secret"] == ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"]
    assert query["issuer"] == ["嘉峪关 指南"]
    assert totp.secret_text(SECRET).startswith("GEZD GNBV")


def test_the_secret_hangs_on_key_person_and_nonce():
    """Another key, person or nonce gives another secret."""
    made = {
        totp.derived_secret(*parts)
        for parts in [
            (b"k", "a", "n"),
            (b"l", "a", "n"),
            (b"k", "b", "n"),
            (b"k", "a", "m"),
        ]
    }
    assert len(made) == 4
    assert {len(secret) for secret in made} == {20}
