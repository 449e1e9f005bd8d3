"""REST: which guides cite a legal basis, and what the departments have to mend."""

from . import citations
from .citations import Citation
from .citations import STANDINGS
from .citations import Task
from plone.restapi.serializer.converters import json_compatible
from plone.restapi.services import Service
from typing import Any
from zExceptions import Unauthorized
from zhinan import _
from zhinan.departments import directory
from zope.i18n import translate


def guide_json(guide: Citation) -> dict[str, Any]:
    """A guide that cites, with the articles as keys such as 42 or 133-1."""
    owner = directory.get(guide.department)
    return {
        "@id": guide.url,
        "UID": guide.uid,
        "title": guide.title,
        "department": guide.department,
        "department_title": owner.title if owner else "",
        "review_state": guide.state,
        "articles": list(guide.articles),
    }


class CitedByGet(Service):
    """``GET <legal basis>/@cited-by``: the guides that rest on it."""

    def reply(self) -> dict[str, Any]:
        """The guides that the client may see."""
        found = citations.cited_by(self.context.UID())
        return {
            "@id": f"{self.context.absolute_url()}/@cited-by",
            "items": [guide_json(guide) for guide in found],
            "items_total": len(found),
        }


class TasksGet(Service):
    """``GET <site>/@tasks``: the guides of one's departments that are to be mended."""

    def reply(self) -> dict[str, Any]:
        """The tasks; all of them for administrators.

        :raises Unauthorized: for the public, and for who belongs to no department.
        """
        if not citations.has_tasks():
            sentence = _("Tasks are shown to the members of a department.")
            raise Unauthorized(translate(sentence, context=self.request))
        found = citations.tasks_of_person()
        return {
            "@id": f"{self.context.absolute_url()}/@tasks",
            "departments": {
                code: len(group)
                for code, group in citations.by_department(found).items()
            },
            "items": [self.item(task) for task in found],
            "items_total": len(found),
        }

    def item(self, task: Task) -> dict[str, Any]:
        """One task: the guide, what it cites, how that stands, what replaced it."""
        standing = task.fault.standing
        return json_compatible(
            {
                "guide": guide_json(task.guide),
                "basis": {
                    "@id": task.entry.url,
                    "UID": task.entry.uid,
                    "title": task.entry.title,
                    "effect_status": task.entry.values.get("effect_status"),
                },
                "standing": standing.value,
                "standing_title": translate(STANDINGS[standing], context=self.request),
                "since": task.fault.since,
                "articles": list(task.fault.articles),
                "replaced_by": [
                    {"title": title, "@id": url or None}
                    for title, url in task.successors
                ],
            }
        )
