"""Mapping tables: what they may say, and what is refused with its row."""

from hypothesis import given
from hypothesis import strategies as st
from pathlib import Path
from zhinan.rules import sources
from zhinan.rules.elements import read_data

import ast
import pytest


MINIMAL = """
[source]
name = "probe"
key = "CODE"

[[field]]
source = "CODE"
read = "parts"
parts = [{ length = 31, cut = { implementation_code = [0, 31] } }]

[[field]]
source = "NAME"
element = "title"
"""


def test_guangdong_is_whole():
    """The table that comes with the product can be used."""
    mapping = sources.get("guangdong")
    assert sources.names() == ["guangdong"]
    assert mapping.key == "TASK_CODE"
    types = {field.source: field for field in mapping.fields}["TASK_TYPE"].codes
    assert (types["20"], types["21"]) == (("10",), ("20",))


def test_unknown_name():
    """There is no such table."""
    with pytest.raises(KeyError):
        sources.get("../guangdong")


@pytest.mark.parametrize(
    ("added", "named"),
    [
        ('[[field]]\nsource = "X"\nelement = "nonsense"', "[[field]] 3 (X)"),
        ('[[field]]\nsource = "X"\nelement = "places"', "'places'"),
        ('[[field]]\nsource = "X"\nelement = "title"\ncolour = 1', "'colour'"),
        ('[[field]]\nelement = "title"', "source is missing"),
        ('[[field]]\nsource = "NAME"\nelement = "scope"', "stands twice"),
        (
            '[[field]]\nsource = "X"\nelement = "matter_type"\ncodes = { a = "99" }',
            "'99' is no code of matter_type",
        ),
        (
            '[[field]]\nsource = "X"\nelement = "matter_type"\n'
            'codes = { a = ["01", "02"] }',
            "several codes",
        ),
        ('[[field]]\nsource = "X"\nelement = "online"', "need codes"),
        (
            '[[field]]\nsource = "X"\nelement = "online"\ncodes = { a = "yes" }',
            "true or false",
        ),
        (
            '[[field]]\nsource = "X"\nelement = "title"\ncodes = { a = "b" }',
            "has no codes",
        ),
        ('[[field]]\nsource = "X"\nelement = "scope"\nstrip = "("', "[[field]] 3"),
        (
            '[[field]]\nsource = "X"\nelement = "consult_phone"\notherwise = "title"',
            "not an element of text",
        ),
        ('[[field]]\nsource = "X"\nread = "magic"\nelement = "title"', "'magic'"),
        ('[[field]]\nsource = "X"\nread = "parts"', "parts stand instead"),
        (
            '[[field]]\nsource = "X"\nread = "parts"\n'
            "parts = [{ length = 2, cut = { title = [0, 3] } }]",
            "no place inside 2",
        ),
        (
            '[[field]]\nsource = "X"\nread = "limit"\nelement = "visits"\n'
            'unit = "title"',
            "unknown unit element",
        ),
        (
            '[[field]]\nsource = "X"\nread = "limit"\nelement = "statutory_limit"\n'
            'unit = "statutory_unit"\nunits = { a = "week" }\npattern = "x"',
            "'week'",
        ),
        (
            '[[field]]\nsource = "X"\nread = "limit"\nelement = "statutory_limit"\n'
            'unit = "statutory_unit"\npattern = "x"',
            "needs number and unit",
        ),
        ("[other]\na = 1", "unknown table 'other'"),
        ("= 1", "line 15"),
    ],
)
def test_a_mistake_names_its_row(added, named):
    """Whoever writes a table has to find the mistake."""
    with pytest.raises(sources.MappingRefused) as refused:
        sources.parse(f"{MINIMAL}\n{added}\n")
    assert named in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('key = "CODE"', 'key = "OTHER"', "'OTHER'"),
        ('name = "probe"', 'name = "Große Liste"', "name is missing"),
        ('key = "CODE"', 'key = "CODE"\nempty = [1]', "1 is not text"),
        ('key = "CODE"', 'key = "CODE"\ndefaults = { x = 1 }', "unknown element 'x'"),
        (
            'key = "CODE"',
            'key = "CODE"\nmaterial_defaults = { necessity = "9" }',
            "'9' is no code",
        ),
        ('key = "CODE"', 'key = "CODE"\nempty = "无"', "'empty' is not a list"),
    ],
)
def test_a_mistake_in_the_head(old, new, named):
    """The same for what stands before the fields."""
    with pytest.raises(sources.MappingRefused) as refused:
        sources.parse(MINIMAL.replace(old, new, 1))
    assert named in str(refused.value)


def test_a_table_in_gbk():
    """A table that a person brings is UTF-8, with or without a mark at its start."""
    text = MINIMAL.replace('"probe"', '"probe"\ntitle = "广东省政务服务"')
    assert sources.parse_bytes(text.encode("utf-8-sig")).title == "广东省政务服务"
    with pytest.raises(sources.MappingRefused, match="not UTF-8"):
        sources.parse_bytes(text.encode("gbk"))


@given(st.text(max_size=300) | st.binary(max_size=300).map(repr))
def test_any_text_is_a_table_or_refused(text):
    """Never anything but a refusal."""
    for whole in (text, f"{MINIMAL}\n{text}"):
        try:
            sources.parse(whole)
        except sources.MappingRefused:
            continue


def test_every_refusal_has_its_chinese_and_no_chinese_is_left_over():
    """People read why their table cannot be used."""
    source = Path(sources.__file__).read_text("utf-8")
    raised = {
        node.args[1].value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "MappingRefused"
    }
    table = read_data("mapping_refusals.toml")
    assert raised | {"unknown mapping {}"} == set(table)
    for english, chinese in table.items():
        assert english.count("{}") == chinese.count("{}"), english
    refused = sources.MappingRefused("[source]", "unknown key {}", "nmae")
    assert refused.chinese() == "[source] 没有名为“nmae”的键"
