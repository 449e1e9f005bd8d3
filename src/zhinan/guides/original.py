"""The way of a working copy to the public: publishing it merges it into its guide."""

from typing import Any
from zhinan.guides import workingcopy
from zhinan.publishing.interfaces import IOriginal
from zhinan.publishing.interfaces import IWorkingCopy
from zhinan.publishing.transitions import Reason
from zhinan.publishing.transitions import Refused
from zope.component import adapter
from zope.interface import implementer


@implementer(IOriginal)
@adapter(IWorkingCopy)
class Original:
    """The guide of a copy, as transitions ask for it."""

    def __init__(self, context: Any):
        self.context = context

    @property
    def original(self) -> Any:
        """The guide, or None if it is gone."""
        return workingcopy.guide_of(self.context)

    def merge(self, comment: str) -> Any:
        """Merge the copy; the guide.

        :raises Refused: where guide and copy changed the same, or the guide is gone.
        """
        try:
            return workingcopy.check_in(self.context, comment)
        except workingcopy.Refused as refused:
            raise Refused([Reason("not_merged", refused.message)]) from refused
