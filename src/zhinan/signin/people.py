"""What is kept of a person for signing in: password, second factor, sessions.

It stands in the guard, beside the user folder that it guards, and not in the member's
properties, which other add-ons read and write.
"""

from AuthEncoding import AuthEncoding
from collections.abc import Iterator
from persistent import Persistent
from persistent.list import PersistentList
from typing import Any
from zhinan.rules import totp
from zhinan.signin import key

import secrets
import time


#: Without letters and figures that look alike.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
RECOVERY_CODES = 10
#: Seconds for which a secret that was shown waits for its first code.
PROPOSED = 1800
#: Sign-ins that a person sees of himself.
KEPT = 20


class Person(Persistent):
    """One person; every attribute is plain data."""

    must_change = False
    #: when the password was set; 0 if nobody knows
    changed = 0.0
    #: digests of former passwords and of the present one, the newest last
    history: tuple[bytes, ...] = ()
    #: from the nonce the secret is made; empty without a second factor
    nonce = ""
    #: a factor that was shown and not proved yet
    nonce_wanted = ""
    wanted_since = 0.0
    factor_since = 0.0
    #: the step of the last code that was taken
    step = -1
    recovery: tuple[str, ...] = ()

    def __init__(self, userid: str):
        self.userid = userid
        #: app passwords: (name, mark, since)
        self.apps: PersistentList = PersistentList()
        #: sign-ins: (moment, address, how, failures before)
        self.signins: PersistentList = PersistentList()

    # ----------------------------------------------------------------- password

    def used_before(self, password: str, most: int) -> bool:
        """Whether the password is one of the last ``most``."""
        if most <= 0:
            return False
        found = [
            bool(AuthEncoding.pw_validate(digest, password))
            for digest in self.history[-most:]
        ]
        return any(found)

    def note_password(self, password: str, by_other: bool, keep: int) -> None:
        """A password was set."""
        self.must_change = by_other
        self.changed = time.time()
        digest = AuthEncoding.pw_encrypt(password)
        # The present one is kept in any case: it is no new one either.
        self.history = (*self.history, digest)[-max(1, keep) :]

    # ------------------------------------------------------------ second factor

    @property
    def has_factor(self) -> bool:
        """Whether a code is asked for."""
        return bool(self.nonce)

    def secret(self, nonce: str) -> bytes:
        """The secret, made from the key outside the database."""
        return totp.derived_secret(key.key(), self.userid, nonce)

    def propose(self) -> None:
        """A new secret to be shown; it counts once a code of it was typed."""
        self.nonce_wanted = secrets.token_hex(16)
        self.wanted_since = time.time()

    @property
    def proposed(self) -> bytes | None:
        """The secret that waits for its first code, for half an hour."""
        if not self.nonce_wanted or time.time() - self.wanted_since > PROPOSED:
            return None
        return self.secret(self.nonce_wanted)

    def enrol(self, code: str) -> list[str] | None:
        """Take the proposed factor if the code is right; the recovery codes."""
        secret = self.proposed
        if secret is None:
            return None
        step = totp.matching_step(secret, code, time.time())
        if step is None:
            return None
        self.nonce, self.nonce_wanted = self.nonce_wanted, ""
        self.step, self.factor_since = step, time.time()
        return self.renew_recovery()

    def renew_recovery(self) -> list[str]:
        """New recovery codes: shown once, kept as marks."""
        codes = [grouped(secret_word(10), 5) for _i in range(RECOVERY_CODES)]
        self.recovery = tuple(
            key.mark("recovery", self.userid, plain(code)) for code in codes
        )
        return codes

    def take_code(self, code: str) -> str:
        """Whether a code opens: ``totp``, ``recovery`` or empty; each only once."""
        if not self.nonce:
            return ""
        step = totp.matching_step(self.secret(self.nonce), code, time.time(), self.step)
        if step is not None:
            self.step = step
            return "totp"
        found = [
            known
            for known in self.recovery
            if key.is_mark(known, "recovery", self.userid, plain(code))
        ]
        if found:
            self.recovery = tuple(k for k in self.recovery if k != found[0])
            return "recovery"
        return ""

    def drop_factor(self) -> None:
        """Take the second factor away, with all that hangs on it."""
        self.nonce = self.nonce_wanted = ""
        self.step, self.factor_since, self.recovery = -1, 0.0, ()

    # ------------------------------------------------------------ app passwords

    def add_app(self, name: str) -> str:
        """A password for a program; shown once, kept as a mark."""
        word = grouped(secret_word(20), 5)
        mark = key.mark("app", self.userid, plain(word))
        self.apps.append((name, mark, time.time()))
        return word

    def app_of(self, password: str) -> str:
        """Name of the program whose password this is, or empty."""
        found = [
            name
            for name, mark, _since in self.apps
            if key.is_mark(mark, "app", self.userid, plain(password))
        ]
        return found[0] if found else ""

    # ------------------------------------------------------------------ sign-ins

    def note_signin(self, address: str, how: str, failures: int) -> None:
        """A session began."""
        self.signins.append((time.time(), address, how, failures))
        del self.signins[:-KEPT]

    def last_signins(self) -> Iterator[tuple[float, str, str, int]]:
        """The newest first."""
        return reversed(self.signins)


class Session(Persistent):
    """One sign-in of a browser or a program; ticket and token carry its number."""

    def __init__(self, userid: str, address: str, agent: str, how: str):
        self.userid, self.address, self.agent, self.how = userid, address, agent, how
        self.began = time.time()


def secret_word(length: int) -> str:
    """A word at random that can be typed from a screen."""
    return "".join(secrets.choice(_ALPHABET) for _i in range(length))


def grouped(word: str, size: int) -> str:
    """The word in groups."""
    return "-".join(word[i : i + size] for i in range(0, len(word), size))


def plain(word: Any) -> str:
    """A code as it is compared: without hyphens and spaces, in small letters."""
    return "".join(c for c in str(word).casefold() if c.isalnum())[:100]
