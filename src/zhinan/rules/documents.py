"""Document numbers (文号): one normal form for many spellings.

GB/T 9704 form, recalled: issuing body's short name, year in six-corner brackets,
number without leading zeros, 号.
"""

import re
import unicodedata


_OPEN = "[(【［（〔﹝「<《"
_CLOSE = "])】］）〕﹞」>》"
_SPELLED = re.compile(
    rf"^(?P<body>[㐀-鿿]{{1,16}})\s*[{re.escape(_OPEN)}]\s*"
    rf"(?P<year>(?:19|20)\d{{2}})\s*年?\s*[{re.escape(_CLOSE)}]\s*"
    r"(?:第\s*)?0*(?P<number>[1-9]\d{0,4})\s*号?$"
)
NORMAL = re.compile(r"^[㐀-鿿]{1,16}〔(?:19|20)\d{2}〕[1-9]\d{0,4}号$")


def normalise_document_number(text: str) -> str | None:
    """The normal form of a document number, or None if it is none.

    ``甘政办发[2019]10号``, ``甘政办发（2019）第010号`` and full-width digits all become
    ``甘政办发〔2019〕10号``.
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    match = _SPELLED.match(folded)
    if not match:
        return None
    return f"{match['body']}〔{match['year']}〕{match['number']}号"


_NUMERAL = "[0-9〇零一二三四五六七八九十百千]+"
_DECREE = re.compile(
    rf"^(?P<body>[㐀-鿿、]{{0,40}}?)(?P<kind>令|公告)\s*"
    rf"(?:[{re.escape(_OPEN)}]?\s*(?P<year>(?:19|20)\d{{2}})\s*年?\s*"
    rf"[{re.escape(_CLOSE)}]?)?\s*第?\s*(?P<number>{_NUMERAL})\s*号$"
)
_STANDARD = re.compile(
    r"^(?P<code>[A-Z]{2,5}\d{0,2})\s*(?P<kind>/[TZ])?\s*"
    r"(?P<number>\d+(?:\.\d+)*)\s*[-—–]\s*(?P<year>(?:19|20)\d{2})$"
)


def normalise_basis_number(text: str) -> str | None:
    """The normal form of what a legal basis is numbered by, or None if it is none.

    A document number, the number of a decree (``国务院令第656号``), of an announcement,
    or of a standard (``GB/T 36114-2018``).
    """
    normal = normalise_document_number(text)
    if normal is not None:
        return normal
    folded = unicodedata.normalize("NFKC", text).strip()
    match = _DECREE.match(folded)
    if match:
        number = match["number"]
        number = str(int(number)) if number.isdigit() else number
        # With a year it has the form of a document number, without the 第.
        which = f"〔{match['year']}〕{number}" if match["year"] else f"第{number}"
        return f"{match['body']}{match['kind']}{which}号"
    match = _STANDARD.match(folded.upper())
    if match:
        return f"{match['code']}{match['kind'] or ''} {match['number']}-{match['year']}"
    return None
