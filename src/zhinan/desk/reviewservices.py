"""REST: reviews that are due, and the standing of one guide."""

from .reviews import as_json
from .reviews import ReviewWords
from .reviews import Rows
from plone.restapi.batching import HypermediaBatch
from plone.restapi.services import Service
from typing import Any
from zExceptions import Unauthorized
from zhinan import _
from zhinan.departments.owned import owners
from zhinan.publishing import reviews


class ReviewsGet(Rows, ReviewWords, Service):
    """``GET @reviews`` of the site: what is due in the person's departments."""

    def reply(self) -> dict[str, Any]:
        """The reviews, the longest overdue first.

        :raises Unauthorized: for strangers to every department.
        """
        if not reviews.concerned():
            raise Unauthorized(
                self.t(_("Reviews are shown to the members of a department."))
            )
        found = self.narrowed(self._text("standing"), self._text("department"))
        batch = HypermediaBatch(self.request, found)
        result: dict[str, Any] = {
            "@id": batch.canonical_url,
            "items_total": batch.items_total,
        }
        if batch.links:
            result["batching"] = batch.links
        result["items"] = [
            {**as_json(*row), "standing_title": self.standing_title(row[0])}
            for row in batch
        ]
        return result


class ReviewGet(ReviewWords, Service):
    """``GET <guide>/@reviews``: when it was reviewed, and when it will be."""

    def reply(self) -> dict[str, Any]:
        """The public reads when it was last reviewed; the rest is the staff's."""
        last = reviews.last_review(self.context)
        result: dict[str, Any] = {
            "@id": f"{self.context.absolute_url()}/@reviews",
            "last_review": last.isoformat() if last else None,
        }
        department = owners(self.context)[0]
        found = reviews.of(self.context)
        if found is not None and reviews.may_see(department):
            result = {
                **as_json(found, self.context, department),
                "@id": result["@id"],
                "standing_title": self.standing_title(found),
            }
        return result
