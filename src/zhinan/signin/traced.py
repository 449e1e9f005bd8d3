"""Sign-ins go to the trail's second stream, which survives a request that failed."""

from zhinan.signin.events import SignInEvent
from zhinan.trail.events import note_event


def trace(event: SignInEvent) -> None:
    """Hand one event over."""
    note_event(event.act, who=event.who, note=event.note)
