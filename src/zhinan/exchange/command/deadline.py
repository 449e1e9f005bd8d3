"""``zhinan deadline``: until when a limit runs, and how that was counted.

Opens no database and loads no Plone: it reads the calendar file that the site writes.
"""

from .terminal import Refusal
from .terminal import Terminal
from .terminal import text
from argparse import Namespace
from datetime import date
from pathlib import Path
from zhinan.rules import calendarfile
from zhinan.rules import clock
from zhinan.rules import clockwords
from zhinan.rules.calendar import CalendarRefused

import json
import re


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)


def _day(value: str) -> date:
    """A date as a person types it.

    :raises Refusal: if it is none.
    """
    value = value.strip()
    if _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise Refusal("deadline_no_day", value=value) from None
    raise Refusal("deadline_date", value=value)


def _pause(value: str) -> clock.Pause:
    """A pause ``FROM..TO``, both days in it; ``FROM..`` still lasts."""
    first, found, last = value.partition("..")
    if not found or not first:
        raise Refusal("deadline_pause", value=value)
    return clock.Pause(_day(first), _day(last) if last else None, clock.Cause.UNNAMED)


def _limit(options: Namespace) -> clock.Limit:
    """The limit that was asked for."""
    if options.limit is None:
        raise Refusal("deadline_needs_limit")
    if not _NUMBER.fullmatch(options.limit.strip()):
        raise Refusal("deadline_limit", value=options.limit)
    try:
        unit = clock.Unit(options.unit or "")
    except ValueError:
        raise Refusal("deadline_unit", value=options.unit or "") from None
    return clock.Limit(int(options.limit), unit)


def deadline(options: Namespace, terminal: Terminal) -> int:
    """``zhinan deadline``."""
    if options.accepted is None:
        raise Refusal("deadline_needs_accepted")
    counted = clock.Clock(
        _day(options.accepted),
        _limit(options),
        pauses=tuple(_pause(one) for given in options.pause for one in given or [""]),
    )
    as_of = _day(options.at) if options.at else None
    for pause in counted.pauses:
        if pause.first < counted.accepted:
            raise Refusal(
                "deadline_pause_early", first=pause.first, day=counted.accepted
            )
        if pause.last is None and as_of is None:
            raise Refusal("deadline_open_pause", first=pause.first)
    path = Path(options.home) / calendarfile.PLACE
    try:
        calendar = calendarfile.load(path)
        said = clock.explain(calendar, counted, as_of=as_of)
        stands = as_of and clock.standing(calendar, counted, as_of)
    except CalendarRefused as refusal:
        sentence = clockwords.problem_text(refusal.problem)
        raise Refusal("deadline_calendar", path=path, sentence=sentence) from refusal
    except clock.ClockRefused as refusal:
        sentence = clockwords.problem_text(refusal.problem)
        raise Refusal("said", sentence=sentence) from refusal
    assert said is not None
    lines = clockwords.step_texts(said)
    if options.json:
        row = {**said.as_dict(), "at": None, "lines": lines}
        if as_of and stands:
            row["at"] = {
                "day": as_of.isoformat(),
                "state": stands.state.value,
                "used": stands.used,
                "paused": stands.paused,
                "remaining": stands.remaining,
                "overdue": stands.overdue,
            }
        terminal.line(json.dumps(row, ensure_ascii=False))
        return 0
    terminal.line(text("deadline_due", day=clockwords.day_text(said.due.day)))
    terminal.line(text("deadline_status", status=clockwords.status_text(said.due)))
    for note in clockwords.note_texts(said.due):
        terminal.line(text("deadline_note", note=note))
    if as_of and stands:
        work = said.limit.unit is clock.Unit.WORKDAY
        unit = clock.Unit.WORKDAY if work else clock.Unit.DAY
        terminal.line(
            text(
                "deadline_over" if stands.overdue else "deadline_at",
                day=clockwords.day_text(as_of),
                state=clockwords.word("states", stands.state.value),
                **{
                    name: clockwords.limit_text(clock.Limit(number, unit))
                    for name, number in (
                        ("used", stands.used),
                        ("paused", stands.paused),
                        ("remaining", stands.remaining),
                        ("overdue", stands.overdue),
                    )
                },
            )
        )
    terminal.line(text("deadline_how", limit=clockwords.limit_text(said.limit)))
    for line in lines:
        terminal.line(f"  {line}")
    return 0
