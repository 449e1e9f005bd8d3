"""The password rule."""

from zhinan.rules.passwords import kinds_of
from zhinan.rules.passwords import LONGEST
from zhinan.rules.passwords import PasswordPolicy
from zhinan.rules.passwords import problems

import pytest


POLICY = PasswordPolicy(length=12, kinds=3, history=5)


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("bian-ji-2026-ceshi", []),
        ("Qingcheng-92-lushan", []),
        ("", ["short", "kinds"]),
        ("Aa1-", ["short"]),
        ("abcdefghijkl", ["kinds", "common"]),
        ("qingchenglushan", ["kinds"]),
        ("x" * (LONGEST + 1), ["long"]),
        ("Zhangsan-2026-abc", ["login"]),
        ("zhang.san-2026-abc", ["login"]),
        ("Password1234!", ["common"]),
        ("P@ssw0rd2026!", ["common"]),
        ("Admin@123Admin@123", ["common"]),
        ("我的密码是很长很长的一句话A1", []),
    ],
)
def test_problems(password, expected):
    """Each weakness has its code."""
    assert list(problems(password, POLICY, ("zhangsan",))) == expected


def test_a_policy_of_the_keeper():
    """The numbers are settings."""
    assert list(problems("a" * 4 + "bc", PasswordPolicy(length=6, kinds=1))) == []


@pytest.mark.parametrize(
    ("text", "kinds"),
    [("", 0), ("a", 1), ("aB", 2), ("aB1", 3), ("aB1-", 4), ("办理", 1)],
)
def test_kinds(text, kinds):
    """Capital, small letter, digit, other."""
    assert kinds_of(text) == kinds
