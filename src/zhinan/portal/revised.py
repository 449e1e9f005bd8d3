"""Which revision a page shows, and what to tell the holder of an older printed copy."""

from functools import cached_property
from plone import api
from typing import Any
from zhinan import _
from zhinan.departments.citytime import CITY_TIME
from zhinan.guides.changed import changed_since
from zhinan.guides.editiontold import edition_at
from zhinan.publishing.revisions import revision_of
from zhinan.publishing.store import peek
from zhinan.publishing.store import Revision


#: Digits of a checksum that a person compares.
SHORT_HASH = 8


class Revised:
    """Mixin for the pages of a guide."""

    @cached_property
    def revision(self) -> Revision | None:
        """The revision that the public reads now."""
        return revision_of(self.context)

    def revision_text(self, revision: Revision) -> str:
        """What people call a revision: the edition it belongs to, with its day.

        Papers from before there were editions are told by the number that they carry.
        """
        day = self.date(revision.moment.astimezone(CITY_TIME).date())
        edition = edition_at(self.context, revision)
        if edition is None:
            mapping = {"number": str(revision.number), "date": day}
            return self.t(
                _(
                    "revision_of_day",
                    default="no. ${number} (${date})",
                    mapping=mapping,
                )
            )
        mapping = {"number": str(edition.number), "date": day}
        return self.t(
            _("edition_of_day", default="edition ${number} (${date})", mapping=mapping)
        )

    @cached_property
    def printed(self) -> Revision | None:
        """The older revision from whose printed copy the reader comes, if from one.

        Its QR code carries the number; any other number says nothing.
        """
        number = self.request.form.get("r", "")
        if self.revision is None or not isinstance(number, str):
            return None
        if not (number.isascii() and number.isdecimal() and len(number) < 9):
            return None
        if int(number) >= self.revision.number:
            return None
        box = peek(api.portal.get())
        return box.revision(self.context.UID(), int(number))

    def memory_query(self) -> str:
        """Numbers that say nothing make no page of their own in the memory."""
        query = self.request.get("QUERY_STRING") or ""
        rest = [part for part in query.split("&") if part.partition("=")[0] != "r"]
        if self.printed is not None:
            rest.append(f"r={self.printed.number}")
        return "&".join(rest)

    def newer(self) -> dict[str, Any] | None:
        """What to tell the holder of an older printed copy."""
        if self.printed is None or self.revision is None:
            return None
        box = peek(api.portal.get())
        same = self.printed.hash == self.revision.hash
        return {
            "sentence": self.t(
                _(
                    "printed_copy_is_older",
                    default="Your printed copy is ${old}. This page is now ${new}.",
                    mapping={
                        "old": self.revision_text(self.printed),
                        "new": self.revision_text(self.revision),
                    },
                )
            ),
            "same": same,
            "changes": changed_since(
                box,
                self.context.UID(),
                self.printed.number,
                self.revision.number,
                self.t,
            ),
        }
