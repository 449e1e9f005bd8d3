"""Codes of matters, bodies and projects.

Rules verified on 2,262 real records of another province: GB 32100-2015 (credit code),
GB 11714 (organisation code inside it), the 12-character basic code, the 31-character
implementation code and the 33-character handling item code. Codes are kept as text;
a check returns problems instead of raising, so that a form can refuse and an import
can warn with the same rule.
"""

from dataclasses import dataclass

import re


#: GB 32100-2015: the alphabet leaves out I, O, S, V and Z.
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
#: GB 11714: the organisation code may hold any capital letter.
ORG_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

CATALOG_CODE = re.compile(r"^\d{9}(\d{3}|00Y)$", re.ASCII)
TEMPORARY_PREFIX = "TE"


@dataclass(frozen=True)
class Problem:
    """What is wrong with a value: the field, a stable id and what fills its message."""

    field: str
    id: str
    values: tuple[tuple[str, str], ...] = ()

    @property
    def mapping(self) -> dict[str, str]:
        """The values that the message names."""
        return dict(self.values)


def _problem(field: str, id: str, **values: object) -> Problem:
    return Problem(field, id, tuple((key, str(v)) for key, v in values.items()))


def organisation_check_character(first8: str) -> str:
    """Check character of a GB 11714 organisation code; ValueError if malformed."""
    total = sum(
        ORG_ALPHABET.index(char) * weight
        for char, weight in zip(first8, ORG_WEIGHTS, strict=True)
    )
    check = (11 - total % 11) % 11
    return "X" if check == 10 else str(check)


def credit_code_check_character(first17: str) -> str:
    """Check character of a GB 32100-2015 credit code; ValueError if malformed."""
    total = sum(
        USCC_ALPHABET.index(char) * weight
        for char, weight in zip(first17, USCC_WEIGHTS, strict=True)
    )
    return USCC_ALPHABET[(31 - total % 31) % 31]


def credit_code_problems(code: str, field: str = "credit_code") -> list[Problem]:
    """Problems of a unified social credit code (18 characters, GB 32100-2015)."""
    if len(code) != 18:
        return [_problem(field, "uscc_length", length=len(code))]
    bad = next((char for char in code if char not in USCC_ALPHABET), None)
    if bad is not None:
        return [_problem(field, "uscc_character", character=bad)]
    found = []
    if organisation_check_character(code[8:16]) != code[16]:
        found.append(_problem(field, "uscc_organisation", part=code[8:17]))
    if credit_code_check_character(code[:17]) != code[17]:
        found.append(_problem(field, "uscc_check", code=code))
    return found


def make_credit_code(head: str, serial: int) -> str:
    """A valid synthetic credit code: 8 characters of head, 8 digits of serial.

    For demonstration and test data only; a real bureau's code is never guessed.
    """
    if len(head) != 8 or not 0 <= serial < 10**8:
        raise ValueError("head has 8 characters, serial at most 8 digits")
    org = f"{serial:08d}"
    first17 = head + org + organisation_check_character(org)
    return first17 + credit_code_check_character(first17)


def catalog_code_problems(
    code: str, matter_type: str | None = None, field: str = "catalog_code"
) -> list[Problem]:
    """Problems of a basic code (12): prefix 2, type 2, department 2, main 3, sub 3."""
    if len(code) != 12:
        return [_problem(field, "catalog_length", length=len(code))]
    if not CATALOG_CODE.match(code):
        return [_problem(field, "catalog_form", code=code)]
    if matter_type and code[2:4] != matter_type:
        return [_problem(field, "catalog_type", code=code[2:4], type=matter_type)]
    return []


def implementation_code_problems(
    code: str,
    catalog_code: str | None = None,
    exercise_level: str | None = None,
    credit_code: str | None = None,
    field: str = "implementation_code",
) -> list[Problem]:
    """Problems of an implementation code (31): credit code 18, level 1, basic 12."""
    if len(code) != 31:
        return [_problem(field, "implementation_length", length=len(code))]
    body, level, basic = code[:18], code[18], code[19:]
    found = []
    if not body.startswith(TEMPORARY_PREFIX):
        found += credit_code_problems(body, field)
    if credit_code and body != credit_code:
        found.append(
            _problem(field, "implementation_body", code=body, expected=credit_code)
        )
    if exercise_level and level != exercise_level:
        found.append(
            _problem(field, "implementation_level", code=level, level=exercise_level)
        )
    if catalog_code and basic != catalog_code:
        found.append(
            _problem(
                field, "implementation_catalog", code=basic, catalog_code=catalog_code
            )
        )
    elif not catalog_code:
        found += catalog_code_problems(basic, field=field)
    return found


def handling_code_problems(
    code: str, implementation_code: str | None = None, field: str = "handling_code"
) -> list[Problem]:
    """Problems of a handling item code (33): implementation code 31 and serial 2."""
    if len(code) != 33:
        return [_problem(field, "handling_length", length=len(code))]
    if not re.match(r"^\d{2}$", code[31:], re.ASCII):
        return [_problem(field, "handling_serial", serial=code[31:])]
    if implementation_code and code[:31] != implementation_code:
        return [_problem(field, "handling_implementation", code=code[:31])]
    return []


#: Investment project code: the form only; no checksum rule is known (GB/T 40058-2021).
PROJECT_CODE = re.compile(r"^(\d{4})-(\d{6})-(\d{2})-(\d{2})-(\d{6})$", re.ASCII)


def project_code_problems(code: str, field: str = "project_code") -> list[Problem]:
    """Problems of an investment project code, ``2105-620200-04-01-123456``.

    The first group is a year 2016-2020 (old form) or YYMM from 2011 on (new form).
    """
    match = PROJECT_CODE.match(code)
    if not match:
        return [_problem(field, "project_form", code=code)]
    head = int(match[1])
    if 2016 <= head <= 2020 or (head >= 2011 and 1 <= head % 100 <= 12):
        return []
    return [_problem(field, "project_time", code=match[1])]


@dataclass(frozen=True)
class MatterCodes:
    """The codes of one matter with what they must agree with; empty means not given."""

    catalog_code: str = ""
    implementation_code: str = ""
    handling_code: str = ""
    matter_type: str = ""
    exercise_level: str = ""
    credit_code: str = ""

    def problems(self) -> list[Problem]:
        """Everything that is malformed or does not agree."""
        found: list[Problem] = []
        if self.catalog_code:
            found += catalog_code_problems(self.catalog_code, self.matter_type or None)
        if self.implementation_code:
            found += implementation_code_problems(
                self.implementation_code,
                self.catalog_code or None,
                self.exercise_level or None,
                self.credit_code or None,
            )
        if self.handling_code:
            found += handling_code_problems(
                self.handling_code, self.implementation_code or None
            )
        return found
