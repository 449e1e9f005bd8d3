"""What a guide still lacks stands in the way of its approval and publication."""

from .content import IMatterGuide
from .requirements import findings
from .requirements import sentence
from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any
from zhinan.publishing import foureyes
from zhinan.publishing.interfaces import IObstacles
from zhinan.publishing.transitions import Reason
from zhinan.rules.requirements import Severity
from zope.component import adapter
from zope.interface import implementer


#: Transitions that say that a guide is right, or put it online. An emergency is none:
#: it is listed until a second person has looked at it, with what it lacks.
ASKED = frozenset({"approve", "publish", "schedule", "publish_scheduled"})
#: Of those, what the program takes: nobody is there who may answer for a fault.
_BY_PROGRAM = frozenset({"publish_scheduled"})


@implementer(IObstacles)
@adapter(IMatterGuide)
class Requirements:
    """The errors among the requirements, each with the field to mend."""

    def __init__(self, context: Any):
        self.context = context

    def reasons(self, transition: str, values: Mapping[str, Any]) -> Iterator[Reason]:
        """Errors speak against it; warnings and hints are the approver's to judge."""
        if transition not in ASKED:
            return
        if transition not in _BY_PROGRAM and foureyes.is_technical():
            # What the technical administrator puts online is listed as not seen.
            return
        for finding in findings(self.context, "publish"):
            if finding.severity == Severity.ERROR:
                yield Reason(
                    finding.requirement,
                    sentence(finding),
                    finding.element,
                    finding.place.material,
                )
