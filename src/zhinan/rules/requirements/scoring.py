"""The score of a guide and of a department: 100 less what the findings weigh.

A requirement counts once a guide, however often it is not met, as the national survey
of 2015 counted classes of elements. The weights are defaults of settings.
"""

from .facts import Finding
from .table import Options
from .table import requirements
from collections.abc import Iterable


FULL = 100.0


def score(found: Iterable[Finding], options: Options) -> float:
    """The score of one guide, 0 to 100."""
    table = requirements()
    missed = {finding.requirement for finding in found}
    off = sum(options.weight(table[name]) for name in missed if name in table)
    return round(max(0.0, FULL - off), 1)


def mean(scores: Iterable[float]) -> float:
    """The score of several guides together; full where there is none."""
    kept = list(scores)
    return round(sum(kept) / len(kept), 1) if kept else FULL
