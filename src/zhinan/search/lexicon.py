"""Putting our splitter into the catalogue's lexicon."""

from .splitter import PairSplitter
from Products.ZCatalog.Catalog import Catalog
from Products.ZCTextIndex.Lexicon import CaseNormalizer
from Products.ZCTextIndex.ZCTextIndex import PLexicon
from typing import Any


LEXICON = "plone_lexicon"


def install(portal_catalog: Any) -> bool:
    """Replace the lexicon's pipeline; True if it was not ours before.

    The text indexes are cleared with it, since their terms belong to the old pipeline:
    the caller reindexes them.
    """
    lexicon = portal_catalog[LEXICON]
    if any(isinstance(part, PairSplitter) for part in lexicon._pipeline):
        return False
    portal_catalog._delObject(LEXICON)
    portal_catalog._setObject(
        LEXICON, PLexicon(LEXICON, "", PairSplitter(), CaseNormalizer())
    )
    catalog: Catalog = portal_catalog._catalog
    for index in catalog.indexes.values():
        if index.meta_type == "ZCTextIndex":
            # The index remembers its lexicon object until it leaves memory.
            if hasattr(index, "_v_lexicon"):
                del index._v_lexicon
            index.__of__(portal_catalog).clear()
    return True
