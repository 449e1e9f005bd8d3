"""The day in the city: a server's clock may run in another zone."""

import datetime
import zoneinfo


CITY_TIME = zoneinfo.ZoneInfo("Asia/Shanghai")


def today() -> datetime.date:
    """Today's date in the city."""
    return datetime.datetime.now(CITY_TIME).date()
