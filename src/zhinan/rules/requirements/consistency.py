"""What must not contradict itself in a guide: rules 1 to 13 of the catalogue."""

from ..checks import longer
from .facts import Asked
from .facts import Facts
from .facts import Fault
from .facts import fault
from .facts import guide
from .forms import LICENCE
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any

import re


INSTANT = "1"
#: Depth at which a matter is handled online, and at which its result comes so, too.
_HANDLED, _RESULT = "5", frozenset({"6", "7"})
#: Ways to apply without coming: by computer, by phone, by post.
_AWAY = frozenset({"2", "3", "4"})
_NATURAL_PERSON = "1"
_PERIOD = re.compile(
    r"[0-9〇零一二两三四五六七八九十百]+\s*个?(?:工作日|自然日|日|天|月|年)"
)
_LICENCE_LAW = "行政许可法"
_SURVEY = re.compile(r"现场(?:勘|踏|核|检|查|验)|实地(?:勘|踏|核|检|查)|勘验|踏勘")
_IN_PERSON = re.compile(
    r"(?:须|需|必须|应当|应)(?:由)?(?:申请人)?本人(?:亲自)?(?:到场|到现场|前往|办理|申请)"
    r"|(?:不得|不能|不可|不允许)(?:委托)?(?:他人)?(?:代办|代理|代为)"
)
_BY_AGENT = re.compile(
    r"(?<!不)(?<!不得)(?:可以|可|允许|支持)(?:委托)?(?:他人|代理人)?(?:代办|代理|代为)"
    r"|(?<!不)(?<!不得)(?:可以|可|允许)(?:书面)?委托(?:他人|代理人|中介)"
)


def _workdays_over(limit: Any, unit: Any, most: int) -> bool:
    return limit is not None and longer(limit, unit or "workday", most, "workday")


def _days(limit: Any, unit: Any) -> int | None:
    """A limit in days of any kind, None where a month or an hour is meant."""
    return limit if limit is not None and unit in {"workday", "day", None} else None


@guide("instant_limit_zero")
def instant(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """1: a limit of 0 and an instant matter are one."""
    values = facts.values
    limit, kind = values.get("promised_limit"), values.get("handling_type")
    if limit is None or not kind:
        return
    if kind == INSTANT and limit > 0:
        unit = values.get("promised_unit") or "workday"
        yield fault(
            "promised_limit",
            "instant_but_limit",
            limit=limit,
            unit=f"time_unit.{unit}",
        )
    if kind != INSTANT and limit == 0:
        yield fault("handling_type", "zero_but_promised")


@guide("result_kind")
def result_kind(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """2: the end of the result's name and its type say the same."""
    name = (facts.values.get("result_name") or "").strip()
    kind = facts.values.get("result_type")
    if not name or not kind:
        return
    if kind == "none":
        if name not in {"无", "-", "/"}:
            yield fault("result_type", "result_type_none", name=name)
        return
    bare = re.sub(r"[（(][^（）()]*[）)]$", "", name).strip('《》“”" ')
    if kind != "document" and bare.endswith(asked.words("document")):
        yield fault("result_type", "result_is_document", name=name)
    elif kind != "licence" and bare.endswith(asked.words("licence")):
        yield fault("result_type", "result_is_licence", name=name)


@guide("onsite_reason")
def onsite_reason(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """3: who has to come is told why."""
    if facts.values.get("visits") and not facts.values.get("onsite_reason"):
        yield fault("onsite_reason", "onsite_reason_missing")


@guide("visits_zero_way")
def zero_visits(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """3: who need not come can apply online or by post."""
    values = facts.values
    away = _AWAY & set(values.get("application_modes") or ())
    if values.get("visits") == 0 and not (
        away or values.get("online") or values.get("courier")
    ):
        yield fault("visits", "visits_no_way")


@guide("online_fully")
def online_fully(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """4: what is done online to the end needs no visit."""
    values = facts.values
    depth, visits = set(values.get("online_depth") or ()), values.get("visits")
    if visits and values.get("online") and _HANDLED in depth and depth & _RESULT:
        yield fault("visits", "online_but_visits", visits=visits)


@guide("fees")
def fees(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """5: a fee has rows, no fee has none."""
    charged, rows = facts.values.get("charged"), facts.values.get("fees")
    if charged is True and not rows:
        yield fault("fees", "fees_missing")
    if charged is False and rows:
        yield fault("fees", "fees_unexpected")


@guide("fee_details")
def fee_details(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """5: each fee has its name, standard and basis."""
    if facts.values.get("charged") is False:
        return
    for number, row in enumerate(facts.values.get("fees") or (), 1):
        name = (row.get("name") or "").strip()
        if not name:
            yield fault(
                "fees",
                "cell_missing",
                number,
                element="fees",
                row=number,
                column="fees.name",
            )
        for column in ("standard", "basis"):
            if not (row.get(column) or "").strip():
                yield fault("fees", f"fee_no_{column}", number, name=name or number)


@guide("fee_payment")
def payment(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """5: a fee of a matter handled online is paid there; no fee is not."""
    values = facts.values
    paid = values.get("online_payment")
    if values.get("charged") is True and values.get("online") and not paid:
        yield fault("online_payment", "payment_missing")
    if values.get("charged") is False and paid:
        yield fault("online_payment", "payment_unexpected")


@guide("phones_same")
def same_phones(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """6: a complaint does not reach whom it is about."""
    consult, complaint = (
        facts.values.get(x) for x in ("consult_phone", "complaint_phone")
    )
    if consult and consult == complaint:
        yield fault("complaint_phone", "phones_same")


@guide("target_theme")
def target_theme(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """7: a matter for natural persons alone stands under no theme of bodies."""
    if set(facts.values.get("service_targets") or ()) != {_NATURAL_PERSON}:
        return
    for theme in facts.values.get("themes") or ():
        if theme in asked.words("themes"):
            yield fault("themes", "target_not_person", theme=f"theme.{theme}")


@guide("licence_faq")
def licence_faq(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """8: a licence answers what people ask."""
    least, found = asked.limits["faqs"], len(facts.values.get("faqs") or ())
    if facts.values.get("matter_type") == LICENCE and found < least:
        yield fault("faqs", "faqs_few", least=least, number=found)


@guide("licence_steps")
def licence_steps(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """8: a licence has all its steps: acceptance, review, decision, issue, delivery."""
    rows = facts.values.get("flow") or ()
    if facts.values.get("matter_type") != LICENCE or not rows:
        return
    least = asked.limits["steps"]
    if len(rows) < least:
        yield fault("flow", "steps_few", least=least, number=len(rows))
    said = "\n".join(
        f"{row.get('step') or ''} {row.get('result') or ''}" for row in rows
    )
    for stage, words in asked.requirement.words.items():
        if not any(word in said for word in words):
            yield fault("flow", "stage_missing", stage=f"stage.{stage}")


@guide("result_sample")
def result_sample(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """9: what one gets can be looked at before."""
    values = facts.values
    name, kind = values.get("result_name"), values.get("result_type")
    if name and kind in {"licence", "document"} and not values.get("result_sample"):
        yield fault("result_sample", "sample_of_result_missing", name=name)


@guide("promised_longer")
def promised(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """10: the promise is not longer than the law allows."""
    values = facts.values
    statutory, limit = values.get("statutory_limit"), values.get("promised_limit")
    if statutory is None or limit is None:
        return
    units = (values.get(f"{x}_unit") or "workday" for x in ("promised", "statutory"))
    unit, than_unit = units
    if longer(limit, unit, statutory, than_unit):
        yield fault(
            "promised_limit", "promised_longer", promised=limit, statutory=statutory
        )


@guide("licence_limit")
def licence_limit(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """10: more than 20 working days rest on a basis that says so."""
    values, most = facts.values, asked.limits["workdays"]
    limit = values.get("statutory_limit")
    if values.get("matter_type") != LICENCE or not _workdays_over(
        limit, values.get("statutory_unit"), most
    ):
        return
    named = any(
        _LICENCE_LAW not in (row.get("law") or "")
        and _PERIOD.search(row.get("text") or "")
        for row in values.get("legal_basis") or ()
    )
    if not named:
        yield fault("statutory_limit", "licence_long", limit=limit, most=most)


@guide("instant_limit")
def instant_limit(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """11: what is decided on the spot takes no days."""
    values, most = facts.values, asked.limits["workdays"]
    spot = "instant" in {values.get("handling_mode"), values.get("review_type")}
    limit, unit = values.get("promised_limit"), values.get("promised_unit")
    if spot and _workdays_over(limit, unit, most):
        yield fault("promised_limit", "instant_but_long", most=most)


@guide("survey_limit")
def survey_limit(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """11: an inspection on site takes its time."""
    values, least = facts.values, asked.limits["workdays"]
    steps = " ".join(
        f"{row.get('step') or ''} {row.get('standard') or ''}"
        for row in values.get("flow") or ()
    )
    days = _days(values.get("promised_limit"), values.get("promised_unit"))
    if days is not None and days < least and _SURVEY.search(steps):
        yield fault("promised_limit", "survey_but_short", least=least)


def _texts(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is written in words, with its element."""
    for name in ("description", "scope", "submission", "onsite_reason", "consultation"):
        yield name, values.get(name) or ""
    for name in ("conditions", "prohibitions", "common_errors"):
        for line in values.get(name) or ():
            yield name, line or ""
    for row in values.get("faqs") or ():
        # A question says neither.
        yield "faqs", row.get("answer") or ""
    for row in values.get("flow") or ():
        yield "flow", row.get("standard") or ""


@guide("in_person")
def in_person(facts: Facts, asked: Asked) -> Iterator[Fault]:
    """12: whether somebody else may come is said one way."""
    found: dict[str, tuple[str, str]] = {}
    for element, text in _texts(facts.values):
        for kind, pattern in (("person", _IN_PERSON), ("agent", _BY_AGENT)):
            if kind not in found and (match := pattern.search(text)):
                found[kind] = element, match[0]
    if len(found) == 2:
        element, person = found["person"]
        yield fault(element, "person_and_agent", person=person, agent=found["agent"][1])
