"""Writes what a plan says.

An object is added with all its values, so that it is catalogued once, and its first
version is saved with those of the others at the end of the batch.
"""

from .plan import CHANGED
from .plan import NEW
from .plan import Plan
from .plan import Planner
from .plan import PUBLISHED
from .values import stored_file
from collections.abc import Iterator
from contextlib import contextmanager
from DateTime import DateTime
from plone import api
from plone.app.contentrules import handlers
from plone.dexterity.interfaces import IDexterityFTI
from plone.dexterity.utils import addContentToContainer
from plone.uuid.interfaces import ATTRIBUTE_NAME
from Products.CMFCore.indexing import processQueue
from typing import Any
from zhinan import _
from zhinan.departments import directory
from zhinan.departments.content import PORTAL_TYPE as DEPARTMENT
from zhinan.publishing import versions
from zhinan.publishing.workflow import bring
from zhinan.rules.records import SourceFile
from zope.component import createObject
from zope.component import getUtility
from zope.container.interfaces import INameChooser
from zope.event import notify
from zope.i18n import translate
from zope.lifecycleevent import Attributes
from zope.lifecycleevent import ObjectCreatedEvent
from zope.lifecycleevent import ObjectModifiedEvent

import re


_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$")
_UID = re.compile(r"^[0-9a-f]{32}$")


@contextmanager
def quiet() -> Iterator[None]:
    """No content rule runs: they are meant for what people do."""
    handlers.init()
    rules = handlers._status.rule_filter
    before = rules.in_progress
    rules.in_progress = True
    try:
        yield
    finally:
        rules.in_progress = before


class Applier:
    """Applies the plans of one batch; ``finish`` ends it."""

    def __init__(self, planner: Planner):
        self.planner = planner
        self._added: list[Any] = []

    def departments(self, plans: list[Plan]) -> None:
        """Add the new departments of a batch, before anything that names them.

        The text of a guide holds its owner's name, so the catalogue has to know the
        department when it takes up the guide.
        """
        owners = [plan.owner for plan in plans if plan.owner is not None]
        own = [plan for plan in plans if plan.record.portal_type == DEPARTMENT]
        new = [plan for plan in (*own, *owners) if plan.verdict == NEW]
        for plan in new:
            plan.obj = self._add(plan, plan.container)
        if new:
            processQueue()
            directory.forget()

    def apply(self, plan: Plan) -> Any:
        """Write one plan; the object, or None if nothing was to be written.

        A change of an object that exists is a version of its own, as on the form.
        """
        if plan.verdict not in {NEW, CHANGED}:
            return None
        if plan.obj is not None and plan.verdict == NEW:
            # A department, which came first.
            return plan.obj
        if plan.verdict == NEW:
            plan.obj = self._add(plan, plan.container)
        else:
            self._change(plan)
        return plan.obj

    def finish(self) -> int:
        """Save the first versions of everything that was added."""
        comment = translate(
            _("import_version", default="Imported"),
            target_language=self.planner.language,
        )
        saved = versions.save(self._added, comment)
        self._added.clear()
        return saved

    # ------------------------------------------------------------------- adding

    def _add(self, plan: Plan, container: Any) -> Any:
        portal_type = plan.record.portal_type
        fti = getUtility(IDexterityFTI, name=portal_type)
        obj = createObject(fti.factory)
        obj.portal_type = portal_type
        # Every field is set, as the form does it: an attribute that is not there is
        # looked up in the schema each time that somebody asks.
        for name, field in self.planner.fields(portal_type).items():
            value = plan.values.get(name)
            value = field.default if value is None else self._stored(value)
            setattr(obj, name, value)
        uid, wanted = plan.record.uid, getattr(plan.record, "id", "")
        if _UID.match(uid) and not self._taken(uid):
            setattr(obj, ATTRIBUTE_NAME, uid)
        notify(ObjectCreatedEvent(obj))
        with versions.later(obj):
            if self._free(wanted, obj, container):
                obj.id = wanted
                container._setObject(wanted, obj)
                obj = container._getOb(wanted)
            else:
                obj = addContentToContainer(container, obj, checkConstraints=False)
        self._added.append(obj)
        if plan.state:
            self._bring(obj, plan.state)
        for child in plan.children:
            if child.verdict == NEW:
                child.obj = self._add(child, obj)
        return obj

    @staticmethod
    def _free(name: str, obj: Any, container: Any) -> bool:
        """Whether an address can be kept as it was.

        The chooser of names has its say, but for the small letters that it wants.
        """
        if not _ID.match(name) or name in container:
            return False
        chosen = INameChooser(container).chooseName(name, obj)
        return bool(chosen.lower() == name.lower())

    def _taken(self, uid: str) -> bool:
        catalog = api.portal.get_tool("portal_catalog")
        return bool(catalog.unrestrictedSearchResults(UID=uid))

    def _stored(self, value: Any) -> Any:
        if isinstance(value, SourceFile):
            return stored_file(value, self.planner.open_file)
        return value

    # ----------------------------------------------------------------- changing

    def _change(self, plan: Plan) -> None:
        obj = plan.obj
        for child in plan.children:
            if child.verdict == NEW:
                child.obj = self._add(child, obj)
            elif child.verdict == CHANGED:
                self._change(child)
        if plan.reorder:
            self._order(plan)
        values = plan.values
        if values:
            for name, value in values.items():
                setattr(obj, name, self._stored(value))
            schema = getUtility(
                IDexterityFTI, name=plan.record.portal_type
            ).lookupSchema()
            notify(ObjectModifiedEvent(obj, Attributes(schema, *values)))
            if plan.record.portal_type == DEPARTMENT:
                processQueue()
                directory.forget()
        if plan.state:
            self._bring(obj, plan.state)

    def _order(self, plan: Plan) -> None:
        """Children as in the source; those that it does not know stay behind."""
        ordering = plan.obj.getOrdering()
        wanted = [child.obj.getId() for child in plan.children if child.obj is not None]
        for position, name in enumerate(wanted):
            ordering.moveObjectToPosition(name, position)
        plan.obj.reindexObject(idxs=["SearchableText"])

    # -------------------------------------------------------------------- state

    def _bring(self, obj: Any, state: str) -> None:
        """Bring an object to a state; where it has none such, it stays as it is."""
        if not bring(obj, state):
            return
        if state == PUBLISHED and obj.effective_date is None:
            # The request is marked as an import, which brings its own date.
            obj.setEffectiveDate(DateTime())
            obj.reindexObject(idxs=["effective", "effectiveRange"])
