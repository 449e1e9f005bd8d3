"""Splitting of text into overlapping pairs, the same on both sides of the index.

Stock Plone splits an indexed text and a query differently, so that a phrase across a
quotation mark or a mixed run such as 第82条 is never found. Here both sides use one
rule: every run of letters, digits and Chinese characters (all extensions) becomes its
overlapping pairs; quotation marks and spaces between Chinese characters that layout
put there do not end a run. A query is a phrase of pairs, which makes it a search for
the substring itself.
"""

from Products.ZCTextIndex.interfaces import ISplitter
from Products.ZCTextIndex.PipelineFactory import element_factory
from zope.interface import implementer

import re
import unicodedata


#: Marks inside a word that readers leave out when they type.
_JOINERS = re.compile("[“”\"'‘’「」『』《》〈〉〝〞＂＇·\u00ad\u200b-\u200f\ufeff]")
_RUN = re.compile(r"[^\W_]+")
NAME = "Zhinan pair splitter"
GROUP = "Word Splitter"


def fold(text: str) -> str:
    """One form for full and half width, case and compatibility characters."""
    return unicodedata.normalize("NFKC", text).casefold()


def runs(text: str) -> list[str]:
    """The runs of word characters of a text, joined over quotation marks."""
    return _RUN.findall(_JOINERS.sub("", fold(text)))


def index_terms(text: str) -> list[str]:
    """The terms of a text: pairs of each run, and its last character alone.

    The last character makes a search for one character complete: every character of a
    run begins exactly one term.
    """
    terms = []
    for run in runs(text):
        terms += [run[i : i + 2] for i in range(len(run) - 1)]
        terms.append(run[-1])
    return terms


def query_terms(run: str) -> list[str]:
    """The terms of one run of a query; one character becomes a prefix search."""
    if len(run) == 1:
        return [run + "*"]
    return [run[i : i + 2] for i in range(len(run) - 1)]


def query(text: str) -> str:
    """A ZCTextIndex query from whatever a person typed; empty if no word is in it.

    Each run becomes a phrase, all of them are required. Nothing that can be typed is
    an error: operators, brackets and wildcards are not part of a run.
    """
    parts = []
    for run in runs(text):
        parts.append(f"{run}*" if len(run) == 1 else f'"{run}"')
    return " AND ".join(parts)


@implementer(ISplitter)
class PairSplitter:
    """Pipeline element of the lexicon."""

    def process(self, texts: list[str]) -> list[str]:
        """Terms for the index."""
        return [term for text in texts for term in index_terms(text)]

    def processGlob(self, texts: list[str]) -> list[str]:
        """Terms for a query."""
        return [
            term for text in texts for run in runs(text) for term in query_terms(run)
        ]

    def process_post_glob(self, texts: list[str]) -> list[str]:
        """Terms of a query that ``processGlob`` made already, for looking them up.

        Without it the lexicon splits each pair once more: a phrase of three or more
        characters finds nothing, and a pair also finds what ends in its last one.
        """
        return [term for text in texts for term in text.split()]


if NAME not in element_factory.getFactoryNames(GROUP):
    element_factory.registerFactory(GROUP, NAME, PairSplitter)
