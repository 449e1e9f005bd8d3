"""Microseconds of a due date, warm; seconds of 20,000 dossiers and of the command.

``.venv/bin/python tests/bench/clock.py`` prints medians of several rounds; nothing but
the rules is loaded.
"""

from collections.abc import Callable
from datetime import date
from datetime import timedelta
from pathlib import Path
from statistics import median
from zhinan.rules import calendar
from zhinan.rules import clock

import json
import subprocess
import time


ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 5
DOSSIERS = 20_000


def each(what: Callable[[], object], times: int) -> float:
    """Microseconds of one call."""
    found = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(times):
            what()
        found.append((time.perf_counter() - began) / times * 1e6)
    return round(median(found), 2)


def again() -> float:
    """Seconds to count both dates of all dossiers anew, each with its explanation."""
    old = calendar.seeded()
    span = calendar.Span(date(2027, 1, 1), date(2027, 1, 7), "new_year")
    new = old.with_table(calendar.Table(2027, (), (span,)))
    stored = []
    for number in range(DOSSIERS):
        accepted = date(2026, 6, 1) + timedelta(number % 200)
        first = accepted + timedelta(3)
        pauses = (clock.Pause(first, first + timedelta(9), clock.Cause.TEST),)
        facts = clock.Clock(accepted, clock.Limit(20), clock.Limit(10), pauses)
        for which in ("statutory", "promised"):
            was = clock.due(old, facts, which)
            if was is not None:
                stored.append((str(number), facts, which, was))
    began = time.perf_counter()
    moved = {move.key for move in clock.moves(new, stored)}
    for _key, facts, which, _was in stored:
        if _key in moved:
            clock.explain(new, facts, which)
    return round(time.perf_counter() - began, 2)


def command() -> float:
    """Seconds of the command, its interpreter included."""
    found = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        subprocess.run(
            [ROOT / "bin" / "zhinan", "deadline", "--accepted", "2026-02-12"]
            + ["--limit", "20"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        found.append(time.perf_counter() - began)
    return round(median(found), 3)


def main() -> None:
    """Print all numbers as one JSON object."""
    days, accepted = calendar.seeded(), date(2026, 2, 12)
    pauses = [
        clock.Pause(date(2026, 2, 26), date(2026, 3, 3), clock.Cause.HEARING),
        clock.Pause(date(2026, 3, 9), date(2026, 3, 10), clock.Cause.TEST),
    ]
    work, month = clock.Unit.WORKDAY, clock.Unit.MONTH
    facts = clock.Clock(accepted, clock.Limit(20), pauses=tuple(pauses))
    count = clock.due_date
    print(
        json.dumps(
            {
                "due date, us": each(lambda: count(days, accepted, 20), 20_000),
                "with two pauses, us": each(
                    lambda: count(days, accepted, 20, work, pauses), 20_000
                ),
                "in months with two pauses, us": each(
                    lambda: count(days, accepted, 2, month, pauses), 20_000
                ),
                "with its status, us": each(lambda: clock.due(days, facts), 20_000),
                "days used, us": each(
                    lambda: clock.standing(days, facts, date(2026, 3, 5)), 10_000
                ),
                "explanation, us": each(lambda: clock.explain(days, facts), 500),
                f"{DOSSIERS} dossiers anew, s": again(),
                "command, s": command(),
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
