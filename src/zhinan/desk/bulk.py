"""One step for the ticked lines of a work list, each with its own answer."""

from plone import api
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from urllib.parse import urlencode
from zExceptions import BadRequest
from zExceptions import Unauthorized
from zhinan import _
from zhinan.desk.parameters import ParameterForm
from zhinan.desk.transition import NOT_KNOWN
from zhinan.desk.transition import TransitionForm
from zhinan.desk.work import bulk_steps
from zhinan.pages.work import worklist
from zhinan.publishing import each
from zhinan.publishing import told
from zhinan.publishing import transitions
from zhinan.publishing.transitions import Reason

import transaction


class BulkPage(TransitionForm):
    """``@@work-bulk``: asks once for all, then tells of each what became of it."""

    template = ViewPageTemplateFile("templates/bulk.pt")

    def update(self) -> None:
        """Show what will be done, or do it.

        :raises Unauthorized: if nobody is logged in.
        :raises BadRequest: if list or step are none.
        """
        if self.anonymous:
            raise Unauthorized(self.t(_("Log in to work here.")))
        if self.request.method != "POST":
            self.request.response.redirect(self.back_url())
            return
        work = worklist(self._line("list"))
        wanted = self._line("transition")
        steps = bulk_steps(work) if work is not None else []
        step = next((step for step in steps if step.id == wanted), None)
        if work is None or step is None:
            raise BadRequest(self.t(_("Choose a step from the list.")))
        self.work, self.transition = work, step
        self.form = ParameterForm(self, step)
        self.errors: list[str] = []
        self.not_known = ""
        self.results: list[dict[str, Any]] = []
        self.brains = self._ticked()
        pressed = self.pressed("do")
        if not self.brains:
            self.request.response.redirect(self.back_url(nothing="1"), status=303)
        elif pressed:
            self._do()

    def _line(self, name: str) -> str:
        value = self.request.form.get(name, "")
        return value if isinstance(value, str) else ""

    def _ticked(self) -> list[Any]:
        """What was ticked and may be viewed, in the order of the list."""
        given = self.request.form.get("uid", [])
        uids = [u for u in (given if isinstance(given, list) else [given]) if u]
        uids = [u for u in dict.fromkeys(uids) if isinstance(u, str)][: each.MOST]
        if not uids:
            return []
        found = api.portal.get_tool("portal_catalog")(UID=uids, show_inactive=True)
        by_uid = {brain.UID: brain for brain in found}
        return [by_uid[uid] for uid in uids if uid in by_uid]

    def _do(self) -> None:
        step = self.transition
        values, wrong = self.form.read()
        if not self.knows(step):
            self.not_known = self.t(NOT_KNOWN)
        objs = [brain.getObject() for brain in self.brains]
        # What is asked for all is mended before the first of them is touched.
        unread = {reason.element for reason in wrong}
        against = transitions.reasons(objs[0], step.id, **values)
        wrong += [
            reason
            for reason in against
            if self.form.is_about(reason) and reason.element not in unread
        ]
        if wrong or self.not_known:
            self.errors = [self.t(r.message) for r in self.form.refuse(wrong)]
            transaction.doom()
            self.request.response.setStatus(told.UNFIT)
            return
        rows = [(brain.Title, brain.getURL()) for brain in self.brains]
        results = each.each(objs, step.id, values)
        for (title, url), result in zip(rows, results, strict=True):
            self.results.append(self._told(title, url, result))

    def _told(self, title: str, url: str, result: each.Result) -> dict[str, Any]:
        if result.outcome is not None:
            url = result.outcome.object.absolute_url()
        return {
            "title": title,
            "url": url,
            "done": result.outcome is not None,
            "edition": result.outcome.edition if result.outcome is not None else "",
            "reasons": [self.t(reason.message) for reason in unique(result.reasons)],
        }

    # -------------------------------------------------------------------- showing

    @property
    def title(self) -> Any:
        """Name of the step."""
        return self.transition.title

    def back_url(self, **more: str) -> str:
        """Address of the list from which the person comes."""
        names = ("list", "department", "start")
        kept = {name: self._line(name) for name in names}
        kept = {name: v for name, v in {**kept, **more}.items() if v not in ("", "0")}
        if "list" not in kept:
            return f"{self.portal_url}/@@desk"
        return f"{self.portal_url}/@@work?{urlencode(kept)}"

    def kept(self) -> list[tuple[str, str]]:
        """What the next form has to know."""
        names = ("list", "department", "start", "transition")
        return [(name, self._line(name)) for name in names]

    def counts(self) -> dict[str, int]:
        """How many were done, and how many refused."""
        done = sum(row["done"] for row in self.results)
        return {"done": done, "refused": len(self.results) - done}


def unique(reasons: tuple[Reason, ...]) -> list[Reason]:
    """Each sentence once."""
    return list({str(reason.message): reason for reason in reasons}.values())
