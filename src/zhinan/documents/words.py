"""The words of our documents, read once from data."""

from functools import cache
from importlib.resources import files
from typing import Any

import datetime
import tomllib


@cache
def words(section: str) -> dict[str, Any]:
    """The words of one section of ``data/words.toml``."""
    path = files(__package__) / "data" / "words.toml"
    table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))[section]
    return table


def date_text(day: datetime.date) -> str:
    """A date as it is written in a Chinese document, without leading zeros."""
    text: str = words("form")["date"]
    return text.format(year=day.year, month=day.month, day=day.day)
