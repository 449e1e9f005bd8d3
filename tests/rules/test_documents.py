"""Document numbers: many spellings, one form."""

from hypothesis import given
from hypothesis import strategies as st
from zhinan.rules.documents import NORMAL
from zhinan.rules.documents import normalise_document_number

import pytest


@pytest.mark.parametrize(
    "spelled",
    [
        "甘政办发〔2019〕10号",
        "甘政办发[2019]10号",
        "甘政办发(2019)10号",
        "甘政办发（2019）第010号",
        "甘政办发【2019】10号",
        "甘政办发［2019］10",
        " 甘政办发〔２０１９〕１０号 ",
        "甘政办发〔2019年〕10号",
    ],
)
def test_spellings_of_one_number(spelled):
    """Brackets, width, leading zeros and 第 do not matter."""
    assert normalise_document_number(spelled) == "甘政办发〔2019〕10号"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "甘政办发",
        "甘政办发2019",
        "〔2019〕10号",
        "甘政办发〔219〕10号",
        "x〔2019〕1号",
    ],
)
def test_what_is_no_number(text):
    """None rather than a guess."""
    assert normalise_document_number(text) is None


@given(st.text())
def test_any_text_gives_a_normal_form_or_none(text):
    """What comes out is normal, and stays as it is."""
    normal = normalise_document_number(text)
    if normal is not None:
        assert NORMAL.match(normal)
        assert normalise_document_number(normal) == normal
