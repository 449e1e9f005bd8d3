"""The splitter in a real text index: a query finds the substring, and nothing else."""

from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from Products.ZCTextIndex.Lexicon import CaseNormalizer
from Products.ZCTextIndex.Lexicon import Lexicon
from Products.ZCTextIndex.OkapiIndex import OkapiIndex
from Products.ZCTextIndex.QueryParser import QueryParser
from zhinan.search.splitter import PairSplitter
from zhinan.search.splitter import query
from zhinan.search.splitter import runs

import pytest


TEXTS = (
    "企业投资项目备案",
    "项目建设方案。",
    "设施和设置，示例设施设置许可",
    "依照《行政许可法》第82条",
    "Zhang San，“放管服”改革",
)


def found(texts, words):
    """Numbers of the texts that a query finds."""
    lexicon = Lexicon(PairSplitter(), CaseNormalizer())
    index = OkapiIndex(lexicon)
    for number, text in enumerate(texts):
        index.index_doc(number, text)
    tree = QueryParser(lexicon).parseQuery(query(words))
    return set(tree.executeQuery(index))


@pytest.mark.parametrize(
    "words,expected",
    [
        ("备案", {0}),
        ("项目", {0, 1}),
        ("投资项目备案", {0}),
        ("设施设置许可", {2}),
        ("施设置", {2}),
        ("置许", {2}),
        ("第82条", {3}),
        ("行政许可", {3}),
        ("许可", {2, 3}),
        ("案", {0, 1}),
        ("zhang san", {4}),
        ("ＺＨＡＮＧ", {4}),
        ("放管服改革", {4}),
        ("项目 方案", {1}),
        ("案项", set()),
        ("项目方案", set()),
    ],
)
def test_a_query_finds_the_substring(words, expected):
    """One, two and more characters, mixed runs, over quotation marks."""
    assert found(TEXTS, words) == expected


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.text("项目备案许可a1，“", max_size=12), max_size=5),
    st.text("项目备案许可a1", min_size=1, max_size=6),
)
def test_it_is_exactly_substring_search(texts, words):
    """Within a run of word characters, for any text."""
    expected = {
        number
        for number, text in enumerate(texts)
        if any(words.casefold() in run for run in runs(text))
    }
    assert found(texts, words) == expected
