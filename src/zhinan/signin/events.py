"""What happens at the door, as events: whoever wants to keep it subscribes."""

from dataclasses import dataclass
from dataclasses import field
from typing import Any
from zope.interface import Attribute
from zope.interface import implementer
from zope.interface import Interface


class ISignInEvent(Interface):
    """Something that happened to a login."""

    act = Attribute("What happened, as a word of the machine")
    who = Attribute("Whom it concerns: a user id, or empty for a login that is none")
    note = Attribute("What else is worth keeping; never a secret, never what was typed")
    request = Attribute("The request, or None")


@implementer(ISignInEvent)
@dataclass(frozen=True)
class SignInEvent:
    """One event; the subclasses name the act."""

    who: str
    note: str = ""
    request: Any = field(default=None, repr=False, compare=False)
    act = ""


class SignedIn(SignInEvent):
    """A session began, or a token was given."""

    act = "signin"


class SignedOut(SignInEvent):
    """A person ended a session."""

    act = "signout"


class SessionsEnded(SignInEvent):
    """All sessions of a person were ended at once."""

    act = "signin.ended"


class SignInFailed(SignInEvent):
    """A wrong password or code."""

    act = "signin.failed"


class LockedOut(SignInEvent):
    """The last failure locked a login or an address."""

    act = "signin.locked"


class LockLifted(SignInEvent):
    """An administrator lifted a lock."""

    act = "signin.unlocked"


class PasswordChanged(SignInEvent):
    """A password was set, by the person or by somebody else."""

    act = "signin.password"


class FactorChanged(SignInEvent):
    """A second factor was set up, renewed or taken away."""

    act = "signin.factor"


class SettingsChanged(SignInEvent):
    """The keeper changed the settings of sign-in."""

    act = "signin.settings"
