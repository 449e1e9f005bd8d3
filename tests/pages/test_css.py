"""The style sheet holds together: a rule that is not closed swallows all behind it."""

from importlib.resources import files

import pytest
import re


@pytest.mark.parametrize("name", ["zhinan.css", "signin.css"])
def test_every_rule_is_closed(name):
    """Protects: no block stays open, and no medium holds another one."""
    text = (files("zhinan.pages") / "static" / name).read_text("utf-8")
    text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m[0].count("\n"), text, flags=re.S)
    opened = []
    for number, line in enumerate(text.split("\n"), 1):
        for head, sign in re.findall(r"([^{}]*)([{}])", line):
            if sign == "{":
                inside = opened and head.strip().startswith("@media")
                assert not inside, f"{name}:{opened[0]} is open at line {number}"
                opened.append(number)
                continue
            assert opened, f"{name}:{number} closes what was not opened"
            opened.pop()
    assert not opened, f"{name}:{opened[0]} is not closed"
