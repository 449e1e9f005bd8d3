"""Full-text queries through REST, cleaned like those of the search page."""

from .splitter import query
from plone.restapi.interfaces import IIndexQueryParser
from plone.restapi.search.query import ZCTextIndexQueryParser
from Products.ZCTextIndex.ZCTextIndex import ZCTextIndex
from typing import Any
from zhinan.interfaces import IZhinanLayer
from zope.component import adapter
from zope.interface import implementer
from zope.interface import Interface


@implementer(IIndexQueryParser)
@adapter(ZCTextIndex, Interface, IZhinanLayer)
class CleanTextQueryParser(ZCTextIndexQueryParser):
    """Whatever text a client sends is a query, never a parse error."""

    def parse_query_value(self, query_value: Any) -> str:
        """The cleaned text."""
        return query(super().parse_query_value(query_value))
