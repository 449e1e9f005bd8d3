"""What a password must be like; the numbers are the site keeper's."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

import re
import unicodedata


#: Nobody types more; a bound keeps hashing cheap.
LONGEST = 256


@dataclass(frozen=True)
class PasswordPolicy:
    """The rule in numbers."""

    length: int = 12
    #: how many of the kinds capital, small letter, digit, other
    kinds: int = 3
    #: former passwords that may not come again
    history: int = 5


@cache
def common_passwords() -> frozenset[str]:
    """Passwords that are tried first everywhere, folded."""
    text = (files(__package__) / "data" / "common_passwords.txt").read_text("utf-8")
    lines = (line.strip() for line in text.splitlines())
    return frozenset(_folded(line) for line in lines if line and line[0] != "#")


def _folded(text: str) -> str:
    """Small letters without marks between them: ``P@ss-Word`` and ``p@ssword``."""
    return re.sub(r"[\s._-]", "", unicodedata.normalize("NFKC", text).casefold())


def kinds_of(password: str) -> int:
    """How many kinds of characters it has; Chinese characters are of the last kind."""
    tests = (str.isupper, str.islower, str.isdigit)
    kinds = {next((i for i, t in enumerate(tests) if t(c)), 3) for c in password}
    return len(kinds)


def _is_run(text: str) -> bool:
    """One character again and again, or neighbours such as 123456789."""
    if len(text) < 2:
        return False
    gaps = {ord(b) - ord(a) for a, b in pairwise(text)}
    return gaps <= {0} or gaps <= {1} or gaps <= {-1}


def _is_common(password: str) -> bool:
    """On the list, perhaps repeated or with figures and marks around it."""
    folded = _folded(password)
    core = re.sub(r"^[\W\d]+|[\W\d]+$", "", folded)
    half = folded[: len(folded) // 2]
    candidates = {folded, core}
    if len(folded) > 3 and half * 2 == folded:
        candidates.add(half)
    return bool(candidates & common_passwords()) or _is_run(folded)


def problems(
    password: str, policy: PasswordPolicy, names: tuple[str, ...] = ()
) -> Iterator[str]:
    """Codes of what is wrong: short, long, kinds, login, common.

    ``names`` are the login and what else everybody knows of the person.
    """
    if len(password) < policy.length:
        yield "short"
    if len(password) > LONGEST:
        yield "long"
        return
    if kinds_of(password) < policy.kinds:
        yield "kinds"
    folded = _folded(password)
    if any(len(name) > 2 and _folded(name) in folded for name in names if name):
        yield "login"
    if password and _is_common(password):
        yield "common"
