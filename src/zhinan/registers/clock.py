"""The day and the moment in the city: a server's clock may run in another zone."""

import datetime
import zoneinfo


CITY_TIME = zoneinfo.ZoneInfo("Asia/Shanghai")


def now() -> datetime.datetime:
    """The moment, with the city's offset."""
    return datetime.datetime.now(CITY_TIME)


def today() -> datetime.date:
    """The day in the city."""
    return now().date()
