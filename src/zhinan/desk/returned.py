"""What the staff reads above a guide: what a step led to, and what a reviewer wants."""

from plone import api
from Products.Five import BrowserView
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zhinan import _
from zhinan.departments.citytime import CITY_TIME
from zhinan.forms.messages import element_title
from zhinan.guides.files import materials
from zhinan.pages.formats import Formats
from zhinan.publishing import editions
from zhinan.publishing import steps
from zhinan.publishing import transitions
from zhinan.publishing.rounds import Comment
from zhinan.publishing.transitions import person_name
from zhinan.publishing.transitionservices import state_title
from zhinan.publishing.workflow import PUBLISHED
from zhinan.rules.elements import elements

import datetime


#: Element of a z3c form, by its name.
FIELD = "formfield-form-widgets-"
#: What is no field, but something to be added inside.
ADDED = {"materials": "Material", "forms": "FormVersion"}


def field_url(obj: Any, element: str, material: str = "") -> str:
    """Address of the form of a guide or material, at the field of an element."""
    url = "/".join(filter(None, (obj.absolute_url(), material)))
    if element in ADDED:
        return f"{url}/++add++{ADDED[element]}"
    return f"{url}/edit#{FIELD}{element}" if element else f"{url}/edit"


class StepsBand(Formats, BrowserView):
    """``staff-page-steps``: above every page of a guide or working copy."""

    template = ViewPageTemplateFile("templates/staff-start.pt")

    def __call__(self) -> str:
        """The bands; empty where there is nothing to say."""
        if transitions.workflow_of(self.context) is None:
            return ""
        self.done = self._done()
        self.band = self.returned()
        return self.template() if self.done or self.band else ""

    def _done(self) -> str:
        """What became of the step from which the person comes."""
        name = self.request.form.get("done", "")
        step = self._step(name) if isinstance(name, str) else None
        if step is None:
            return ""
        state = steps.state_of(self.context)
        edition = editions.current(self.context)
        words = {
            "step": self.t(step.title),
            "state": self.t(state_title(self.context, state)),
            "edition": str(edition.number) if edition is not None else "",
        }
        if edition is not None and state == PUBLISHED:
            return self.t(
                _(
                    "step_done_edition",
                    default="“${step}” is done. Online is edition ${edition}.",
                    mapping=words,
                )
            )
        return self.t(
            _(
                "step_done",
                default="“${step}” is done. The state is “${state}” now.",
                mapping=words,
            )
        )

    def _step(self, name: str) -> Any:
        # A merged copy was published by a step of its own workflow.
        return transitions.transition_of(self.context, name)

    def returned(self) -> dict[str, Any] | None:
        """What is to be mended, on a draft that was given back."""
        if steps.state_of(self.context) != "draft":
            return None
        known = steps.round_of(self.context)
        if known.returned_at is None:
            return None
        may_edit = api.user.has_permission("Modify portal content", obj=self.context)
        return {
            "who": person_name(known.returned_by),
            "when": self.moment(known.returned_at),
            "comments": [self._comment(c, may_edit) for c in known.comments],
        }

    def _comment(self, comment: Comment, may_edit: bool) -> dict[str, str]:
        material = next(
            (m for m in materials(self.context) if m.getId() == comment.material), None
        )
        group = "material" if comment.material else "guide"
        known = {e.name: e for e in getattr(elements(), group)}
        element = known.get(comment.element)
        words = []
        if comment.material:
            words.append(material.title if material is not None else comment.material)
        if element is not None:
            words.append(self.t(element_title(group, element.name, element.title)))
        elif comment.element:
            words.append(comment.element)
        gone = bool(comment.material) and material is None
        url = ""
        if words and may_edit and not gone:
            url = field_url(self.context, comment.element, comment.material)
        return {"about": " · ".join(words), "url": url, "text": comment.text}

    def moment(self, value: datetime.datetime) -> str:
        """A moment in the city, to the minute."""
        local = value.astimezone(CITY_TIME)
        return f"{self.date(local.date())} {local:%H:%M}"
