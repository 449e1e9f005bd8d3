"""A comment of a return is about an element or a material that there is."""

from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any
from zhinan import _
from zhinan.guides.content import IMatterGuide
from zhinan.guides.files import materials
from zhinan.publishing.interfaces import IObstacles
from zhinan.publishing.transitions import Reason
from zhinan.rules.elements import elements
from zope.component import adapter
from zope.interface import implementer


@implementer(IObstacles)
@adapter(IMatterGuide)
class Comments:
    """Comments lead the editor to a field: what leads nowhere is refused."""

    def __init__(self, context: Any):
        self.context = context

    def reasons(self, transition: str, values: Mapping[str, Any]) -> Iterator[Reason]:
        """Rows that name what is not there."""
        rows = [row for row in values.get("comments") or () if row.get("text")]
        if transition != "return_for_changes" or not rows:
            return
        ids = {material.getId() for material in materials(self.context)}
        table = elements()
        for row in rows:
            element, material = row.get("element") or "", row.get("material") or ""
            group = table.material if material else table.guide
            there = not element or any(known.name == element for known in group)
            if there and (not material or material in ids):
                continue
            yield Reason(
                "comment_nowhere",
                _(
                    "comment_nowhere",
                    default="There is no element or material “${name}” here to comment "
                    "on.",
                    mapping={"name": "/".join(filter(None, (material, element)))[:80]},
                ),
                "comments",
            )
