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
