"""The question about a limit, and the answer that three surfaces share."""

from datetime import date
from zhinan.rules import calendar
from zhinan.rules import clockwords
from zhinan.rules import deadline
from zhinan.rules.deadline import DeadlineRefused

import pytest


def test_the_answer_is_that_of_the_rules():
    pauses = ["2026-02-26..2026-03-03"]
    asked = deadline.asked("2026-02-12", "20", "workday", pauses, "2026-03-02")
    answer = deadline.answer(calendar.seeded(), asked)
    row = answer.as_dict()
    assert (row["due"], row["status"], row["limit"]) == (
        "2026-03-25",
        "official",
        20,
    )
    assert row["at"]["state"] == "paused"
    assert len(row["lines"]) == len(row["steps"]) > 5
    assert deadline.answer(calendar.seeded(), asked).as_of == date(2026, 3, 2)


def test_without_a_day_nothing_is_said_of_it():
    answer = deadline.answer(calendar.seeded(), deadline.asked("2026-02-12", "2"))
    assert answer.as_dict()["at"] is None and answer.standing is None


@pytest.mark.parametrize(
    "given,id",
    [
        ((None, "20"), "deadline_needs_accepted"),
        (("2026-02-12", None), "deadline_needs_limit"),
        (("", "20"), "deadline_date"),
        (("2026-02-30", "20"), "deadline_no_day"),
        (("2026-02-12", "2.5"), "deadline_limit"),
        (("2026-02-12", "20", None), "deadline_unit"),
        (("2026-02-12", "20", "day", ["2026-03-01"]), "deadline_pause"),
        (("2026-02-12", "20", "day", ["2026-03-01.."]), "deadline_open_pause"),
        (("2026-02-12", "20", "day", ["2026-01-01.."]), "deadline_pause_early"),
        (
            ("2026-02-12", "20", "day", ["2026-03-01..2026-03-02"] * 51),
            "deadline_pauses",
        ),
    ],
)
def test_what_is_wrong_is_said_in_both_languages(given, id):
    with pytest.raises(DeadlineRefused) as caught:
        deadline.asked(*given)
    problem = caught.value.problem
    assert problem.id == id
    chinese = clockwords.problem_text(problem)
    assert chinese.endswith("。") and chinese != clockwords.problem_text(problem, "en")
