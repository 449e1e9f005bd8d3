"""A stylesheet is whole: a rule that is lost in another one shows nowhere else."""

from importlib.resources import files

import pytest
import re


SHEETS = ("zhinan.css", "signin.css")
#: What may stand within what; all else is a rule that swallowed its neighbours.
GROUPS = ("@media", "@supports", "@layer", "@page", "@font-face")
#: Rules that apply where somebody prints, and nowhere else.
PRINT = re.compile(r"^@media\s+print\b")


def blocks(text):
    """Depth, head, and what stands around it, of each block; None at the end."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    around = []
    for head, brace in re.findall(r"([^{};]*(?:;[^{};]*)*)([{}])", text):
        if brace == "{":
            name = head.rpartition(";")[2].strip()
            yield list(around), name
            around.append(name)
        else:
            assert around, "a brace is closed that was never opened"
            around.pop()
    assert not around, f"never closed: {around}"


@pytest.mark.parametrize("name", SHEETS)
def test_it_is_whole(name):
    """Protects: no brace lost in a merge hides what comes after it from the screen."""
    text = (files("zhinan.pages") / "static" / name).read_text(encoding="utf-8")
    found = list(blocks(text))
    assert len(found) > 5
    for around, head in found:
        assert all(outer.startswith(GROUPS) for outer in around), (around, head)
        # Neither print nor screen within the other: a brace slipped down.
        assert sum(bool(PRINT.match(outer)) for outer in (*around, head)) <= 1, head


def test_a_lost_brace_is_found():
    """Protects: the check sees what it is for."""
    with pytest.raises(AssertionError, match="never closed"):
        list(blocks("@media print { .a { color: red; }\n.b { color: blue; }"))
    with pytest.raises(AssertionError, match="never opened"):
        list(blocks(".a { color: red; } }"))
