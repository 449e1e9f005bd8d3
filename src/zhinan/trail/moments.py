"""Moments of the trail: texts that sort by time, and the day that they have here."""

import datetime
import zoneinfo


CITY_TIME = zoneinfo.ZoneInfo("Asia/Shanghai")


def text(moment: datetime.datetime) -> str:
    """A moment as the trail writes it: UTC, always with microseconds."""
    return moment.astimezone(datetime.UTC).isoformat(timespec="microseconds")


def now() -> str:
    """This moment."""
    return text(datetime.datetime.now(datetime.UTC))


def day(at: str) -> str:
    """The day in the city of a moment, ``2026-09-01``."""
    moment = datetime.datetime.fromisoformat(at)
    return moment.astimezone(CITY_TIME).date().isoformat()


def today() -> str:
    """The day in the city."""
    return day(now())
