"""The steps of a matter as an SVG flow chart.

Drawn from the step rows and from nothing else: no branch is added that the guide does
not state. Shapes and words carry the meaning, so that it prints in grey; the same rows
stand as a table beside it on the page.
"""

from .words import words
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape
from xml.sax.saxutils import quoteattr

import re
import unicodedata


WIDTH = 400  # user units; good to read between 360 and 640 pixels
_PAD, _BADGE, _GAP = 16, 28, 34
_TITLE, _TEXT = 17, 15  # sizes of type
_FONTS = (
    "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif"
)
_BLUE, _TINT, _INK, _SOFT = "#0b5cab", "#eef4fb", "#1d2129", "#4a5160"
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.,%/:-]*|.", re.S)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def text_width(text: str) -> float:
    """Width in ems: a Chinese character is one, a Latin one a little over half."""
    return sum(
        1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.56 for char in text
    )


def wrap(text: str, ems: float) -> list[str]:
    """Lines no wider than so many ems, by the rules for Chinese line breaks.

    Latin words and numbers stay whole where they fit; no line begins with a closing
    mark (it hangs over the edge instead) or ends with an opening one.
    """
    flow = words("flow")
    lines: list[str] = [""]
    for token in _TOKEN.findall(" ".join(text.split())):
        pieces = [token] if text_width(token) <= ems else list(token)
        for piece in pieces:
            if text_width(lines[-1] + piece) <= ems or piece in flow["no_line_start"]:
                lines[-1] += piece
                continue
            carried = ""
            while lines[-1][1:] and lines[-1][-1] in flow["no_line_end"]:
                carried = lines[-1][-1] + carried
                lines[-1] = lines[-1][:-1]
            lines.append(carried + piece.lstrip())
    return [line.rstrip() for line in lines if line.strip()]


def limit_text(limit: int | str | None, unit: str = "") -> str:
    """The limit of a step in words: ``5个工作日``, ``当场`` for nothing."""
    if limit is None or limit == "":
        return ""
    if isinstance(limit, str):
        return limit
    flow = words("flow")
    if limit == 0:
        return str(flow["at_once"])
    counter = "" if unit.startswith(tuple(flow["no_counter"])) else flow["counter"]
    return f"{limit}{counter}{unit}"


def _lines(row: Mapping[str, Any], room: float) -> list[tuple[str, int, str]]:
    """What stands in a box: text, size of type and colour, line by line."""
    found = [
        (line, _TITLE, _INK)
        for line in wrap(str(row.get("step") or ""), (room - _BADGE - 10) / _TITLE)
    ]
    facts = [
        str(row.get("department") or ""),
        limit_text(row.get("limit"), str(row.get("unit") or "")),
    ]
    for fact in filter(None, (" · ".join(filter(None, facts)),)):
        found += [(line, _TEXT, _SOFT) for line in wrap(fact, room / _TEXT)]
    result = row.get("result")
    if result:
        text = words("flow")["result"].format(result=result)
        found += [(line, _TEXT, _INK) for line in wrap(text, room / _TEXT)]
    return found


def _box(
    number: int, row: Mapping[str, Any], top: float, last: bool
) -> tuple[str, int]:
    room = WIDTH - 2 * _PAD - 4
    lines = _lines(row, room)
    height = 2 * 12 + sum(round(size * 1.5) for _, size, _ in lines)
    thick = 3 if last else 1.5
    parts = [
        f'<rect x="2" y="{top}" width="{WIDTH - 4}" height="{height}" rx="6" '
        f'fill="{_TINT}" stroke="{_BLUE}" stroke-width="{thick}"/>',
        f'<circle cx="{_PAD + _BADGE / 2}" cy="{top + 12 + _TITLE * 0.75}" '
        f'r="{_BADGE / 2 - 1}" fill="{_BLUE}"/>',
        f'<text x="{_PAD + _BADGE / 2}" y="{top + 12 + _TITLE * 0.75 + 5}" '
        f'font-size="14" font-weight="600" text-anchor="middle" fill="#fff">'
        f"{number}</text>",
    ]
    y = top + 12
    for text, size, colour in lines:
        y += round(size * 1.5)
        left = _PAD + (_BADGE + 10 if size == _TITLE else 0)
        weight = ' font-weight="600"' if size == _TITLE else ""
        parts.append(
            f'<text x="{left}" y="{y - size * 0.4:.1f}" font-size="{size}"{weight} '
            f'fill="{colour}">{escape(text)}</text>'
        )
    return "".join(parts), height


def _arrow(top: float) -> str:
    x, tip = WIDTH / 2, top + _GAP - 3
    return (
        f'<path d="M{x} {top + 3}V{tip - 8}" stroke="{_BLUE}" stroke-width="2"/>'
        f'<path d="M{x - 7} {tip - 10}h14l-7 10z" fill="{_BLUE}"/>'
    )


def flowchart(
    rows: Sequence[Mapping[str, Any]], title: str, *, prefix: str = "flow"
) -> str:
    """An SVG of these steps, from top to bottom; an empty text if there are none.

    A row has ``step`` and may have ``department``, ``limit`` (a number or ready words),
    ``unit`` (its name, not its code) and ``result``. ``title`` names the picture,
    ``prefix`` makes the ids unique on the page. The description lists the steps for
    those who do not see it.
    """
    if not rows:
        return ""
    clean = [
        {
            key: _CONTROL.sub("", value) if isinstance(value, str) else value
            for key, value in row.items()
        }
        for row in rows
    ]
    parts, top = [], 3.0
    for number, row in enumerate(clean, 1):
        if number > 1:
            parts.append(_arrow(top))
            top += _GAP
        box, height = _box(number, row, top, number == len(clean))
        parts.append(box)
        top += height
    spoken = words("flow")["spoken"]
    described = "".join(
        spoken.format(number=number, step=row.get("step") or "")
        for number, row in enumerate(clean, 1)
    )
    ids = f"{prefix}-title", f"{prefix}-desc"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top + 3:g}" '
        f'class="zn-flow" role="img" aria-labelledby={quoteattr(" ".join(ids))} '
        f'fill="none" font-family="{_FONTS}">'
        f"<title id={quoteattr(ids[0])}>{escape(_CONTROL.sub('', title))}</title>"
        f"<desc id={quoteattr(ids[1])}>{escape(described)}</desc>{''.join(parts)}</svg>"
    )
