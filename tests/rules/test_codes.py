"""Codes: what the verified rules accept, refuse and find."""

from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc
from zhinan.rules import codes
from zhinan.rules.codes import MatterCodes

import pytest


BODY = "11620200000000019K"
BASIC = "620102001000"


def ids(found):
    """Ids of the problems."""
    return [problem.id for problem in found]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (BODY, []),
        ("11620200000000019", ["uscc_length"]),
        ("11620200000000019k", ["uscc_character"]),
        ("1162020000000001IK", ["uscc_character"]),
        ("11620200000000018K", ["uscc_organisation", "uscc_check"]),
        ("11620200000000019A", ["uscc_check"]),
        # The two bad codes of the real data fail in both checks, as found there.
        ("TE440000GD030003VV", ["uscc_character"]),
        ("13440000515356094L", ["uscc_organisation", "uscc_check"]),
    ],
)
def test_credit_code(code, expected):
    """GB 32100-2015: length, alphabet, inner organisation code, check character."""
    assert ids(codes.credit_code_problems(code)) == expected


@given(st.integers(0, 99_999_999), st.from_regex(r"\A[1-9][0-9]{7}\Z"))
def test_made_codes_are_valid_for_an_independent_checker(serial, head):
    """Synthetic codes pass our check and that of python-stdnum."""
    made = codes.make_credit_code(head, serial)
    assert codes.credit_code_problems(made) == []
    assert uscc.calc_check_digit(made[:17]) == made[17]


@given(
    st.integers(0, 99_999_999),
    st.integers(0, 17),
    st.sampled_from(codes.USCC_ALPHABET),
)
def test_one_wrong_character_is_found(serial, place, wrong):
    """Every single mistyped character makes a credit code invalid."""
    made = codes.make_credit_code("11620200", serial)
    changed = made[:place] + wrong + made[place + 1 :]
    assert (codes.credit_code_problems(changed) == []) == (changed == made)


@pytest.mark.parametrize(
    ("code", "matter_type", "expected"),
    [
        (BASIC, "01", []),
        ("62010200100Y", "01", []),
        (BASIC, "10", ["catalog_type"]),
        ("62010200100", "01", ["catalog_length"]),
        ("62010200100X", "01", ["catalog_form"]),
        ("6201O2001000", "01", ["catalog_form"]),
        ("６２０102001000", "01", ["catalog_form"]),
        ("62010200Y000", "01", ["catalog_form"]),
    ],
)
def test_basic_code(code, matter_type, expected):
    """12 characters, the type inside, 00Y only at the end."""
    assert ids(codes.catalog_code_problems(code, matter_type)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        (
            {"credit_code": codes.make_credit_code("11620200", 2)},
            ["implementation_body"],
        ),
        ({"exercise_level": "2"}, ["implementation_level"]),
        ({"catalog_code": "620102002000"}, ["implementation_catalog"]),
        ({"implementation_code": f"{BODY}3"}, ["implementation_length"]),
        ({"handling_code": f"{BODY}3{BASIC}01"}, []),
        ({"handling_code": f"{BODY}3{BASIC}0A"}, ["handling_serial"]),
        ({"handling_code": f"{BODY}2{BASIC}01"}, ["handling_implementation"]),
        ({"handling_code": "1"}, ["handling_length"]),
        ({"matter_type": "20"}, ["catalog_type"]),
    ],
)
def test_codes_of_one_matter_agree(changes, expected):
    """Implementation code = credit code + level + basic code; 33 = 31 + serial."""
    given_codes = {
        "catalog_code": BASIC,
        "implementation_code": f"{BODY}3{BASIC}",
        "matter_type": "01",
        "exercise_level": "3",
        "credit_code": BODY,
        **changes,
    }
    assert ids(MatterCodes(**given_codes).problems()) == expected


def test_a_temporary_body_is_not_checked():
    """Codes that begin with TE are temporary: their check characters mean nothing."""
    code = f"TE440000GD030003VV3{BASIC}"
    assert codes.implementation_code_problems(code, BASIC, "3") == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("2020-620200-48-01-012345", []),
        ("2105-620200-04-01-123456", []),
        ("2113-620200-04-01-123456", ["project_time"]),
        ("1912-620200-04-01-123456", ["project_time"]),
        ("2105-620200-04-01-12345", ["project_form"]),
        ("２１０５-620200-04-01-123456", ["project_form"]),
    ],
)
def test_project_code(code, expected):
    """The form of GB/T 40058-2021; no checksum is claimed."""
    assert ids(codes.project_code_problems(code)) == expected
