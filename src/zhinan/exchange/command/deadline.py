"""``zhinan deadline``: until when a limit runs, and how that was counted.

Opens no database and loads no Plone: it reads the calendar file that the site writes.
"""

from .terminal import Refusal
from .terminal import Terminal
from .terminal import text
from argparse import Namespace
from pathlib import Path
from zhinan.rules import calendarfile
from zhinan.rules import clock
from zhinan.rules import clockwords
from zhinan.rules import deadline as rules
from zhinan.rules.calendar import CalendarRefused

import json


def _answer(options: Namespace) -> rules.Answer:
    """The answer by the calendar file.

    :raises Refusal: with what to type instead.
    """
    path = calendarfile.place(Path(options.home))
    pauses = [one for given in options.pause for one in given or [""]]
    try:
        question = rules.asked(
            options.accepted, options.limit, options.unit, pauses, options.at
        )
        return rules.answer(calendarfile.load(path), question)
    except rules.DeadlineRefused as refusal:
        # The command has sentences of its own, which name its options.
        raise Refusal(refusal.problem.id, **refusal.problem.mapping) from refusal
    except CalendarRefused as refusal:
        sentence = clockwords.problem_text(refusal.problem)
        raise Refusal("deadline_calendar", path=path, sentence=sentence) from refusal
    except clock.ClockRefused as refusal:
        sentence = clockwords.problem_text(refusal.problem)
        raise Refusal("said", sentence=sentence) from refusal


def deadline(options: Namespace, terminal: Terminal) -> int:
    """``zhinan deadline``."""
    found = _answer(options)
    said, as_of, stands = found.explanation, found.as_of, found.standing
    if options.json:
        terminal.line(json.dumps(found.as_dict(), ensure_ascii=False))
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
    for line in clockwords.step_texts(said):
        terminal.line(f"  {line}")
    return 0
