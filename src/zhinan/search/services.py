"""REST: a search that answers whatever it is asked."""

from .splitter import query as clean
from plone.restapi.batching import HypermediaBatch
from plone.restapi.exceptions import QueryParsingError
from plone.restapi.search.handler import SearchHandler
from plone.restapi.search.utils import unflatten_dotted_dict
from plone.restapi.services import Service
from Products.ZCatalog.Catalog import CatalogError
from typing import Any
from zExceptions import BadRequest
from zhinan import _
from zope.i18n import translate


TEXT_INDEXES = ("SearchableText", "Title", "Description")


class SearchGet(Service):
    """``GET @search``: the stock search for any text, with one form of answer.

    The stock service fails on a text that is given twice, answers ``[]`` instead of an
    object when no word is left of the text, and gives everything for a text of
    punctuation alone.
    """

    def reply(self) -> dict[str, Any]:
        """A batch of summaries; 400 when the query itself makes no sense."""
        query = unflatten_dotted_dict(self.request.form.copy())
        for name in TEXT_INDEXES:
            if name in query:
                query[name] = text = self._text(query[name])
                if not clean(text):
                    return self._nothing()
        try:
            return SearchHandler(self.context, self.request).search(query)
        except (QueryParsingError, CatalogError, ValueError) as error:
            sentence = _(
                "search_refused",
                default="This cannot be searched for: ${reason}",
                mapping={"reason": str(error)},
            )
            raise BadRequest(translate(sentence, context=self.request)) from error

    @staticmethod
    def _text(value: Any) -> str:
        """One text, however it was sent."""
        if isinstance(value, dict):
            value = value.get("query", "")
        if isinstance(value, (list, tuple)):
            return " ".join(str(item) for item in value)
        return str(value)

    def _nothing(self) -> dict[str, Any]:
        batch = HypermediaBatch(self.request, [])
        return {"@id": batch.canonical_url, "items_total": 0, "items": []}
