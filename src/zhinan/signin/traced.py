"""Sign-ins go to the trail's second stream, which survives a request that failed."""

from zhinan.signin.events import PasswordChanged
from zhinan.signin.events import SignInEvent
from zhinan.signin.events import SignInFailed
from zhinan.trail.events import note_event


def trace(event: SignInEvent) -> None:
    """Hand one event over.

    That a password was set is an act in the trail itself, in the transaction that sets
    it; a second entry would tell it even when that one is rolled back. A failed attempt
    the trail notices itself, with a digest of what was tried.
    """
    if not isinstance(event, PasswordChanged | SignInFailed):
        note_event(event.act, who=event.who, note=event.note)
