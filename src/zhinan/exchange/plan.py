"""What an import would do with a record: new, changed, unchanged or refused, and why.

Nothing is written here. Applying works from the same plan, so that the preview and the
import cannot say different things.
"""

from .identity import Ambiguous
from .identity import find
from .identity import FORM_VERSION
from .identity import GUIDE
from .identity import key_of
from .identity import MATERIAL
from .identity import pair
from .owners import Owners
from .requiring import warn
from .values import fields_of
from .values import Fitter
from .values import normal
from .values import OpenFile
from .values import Refused
from .values import same
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from plone import api
from plone.locking.interfaces import ILockable
from typing import Any
from zhinan.departments.content import PORTAL_TYPE as DEPARTMENT
from zhinan.forms import validation
from zhinan.guides.files import materials
from zhinan.guides.files import versions
from zhinan.guides.requirementsettings import options
from zhinan.publishing.workflow import travelled
from zhinan.registers.entries import REGISTERS
from zhinan.rules.codes import Problem
from zhinan.rules.records import Finding
from zhinan.rules.records import Record
from zhinan.rules.records import SourceFile
from zope.i18n import translate
from zope.i18nmessageid import Message


NEW, CHANGED, UNCHANGED, REFUSED = "new", "changed", "unchanged", "refused"
#: What a source says of itself and of no object.
NOTE = "note"
DRAFT, PUBLISHED, AS_SOURCE = "draft", "published", "source"
#: Permission to add an object of a type.
ADD = {
    GUIDE: "Zhinan: Add Matter guide",
    MATERIAL: "Zhinan: Add Material",
    FORM_VERSION: "Zhinan: Add Form version",
    DEPARTMENT: "Zhinan: Add Department",
    "ApprovalSeal": "Zhinan: Add Seal",
    "Authorisation": "Zhinan: Add Seal",
}
ADD_ENTRY = "Zhinan: Add Register entry"
MODIFY = "Modify portal content"
REVIEW = "Review portal content"
#: Type of the children and what tells them apart.
CHILDREN = {GUIDE: (MATERIAL, "title"), MATERIAL: (FORM_VERSION, "version")}
FOLDERS = {GUIDE: "guides", DEPARTMENT: "departments"}


@dataclass(frozen=True)
class Difference:
    """One element that changes; the values are as fields hold them."""

    field: str
    old: Any
    new: Any


@dataclass
class Plan:
    """What is to be done with one record."""

    record: Record
    verdict: str
    #: the object that the record means, None if it is new
    obj: Any = None
    #: where a new object goes; None for a child of a new one
    container: Any = None
    #: values to be written, as fields hold them; files as SourceFile
    values: dict[str, Any] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    children: "list[Plan]" = field(default_factory=list)
    #: state to which it is brought, or empty
    state: str = ""
    #: the children stand in another order
    reorder: bool = False
    #: a department that has to be there first
    owner: "Plan | None" = None

    @property
    def title(self) -> str:
        """What people call it."""
        title = self.values.get("title") or self.record.values.get("title")
        return str(title or getattr(self.obj, "title", "") or self.record.key)

    def all(self) -> "Iterator[Plan]":
        """This plan and those of everything inside."""
        yield self
        for child in self.children:
            yield from child.all()

    def refuse(self, id: str, field: str = "", value: str = "", **more: str) -> "Plan":
        """Keep the whole record out."""
        problem = Problem(field, id, tuple(more.items()))
        self.findings.append(Finding(self.record.place, problem, value, refused=True))
        self.verdict = REFUSED
        return self


class Planner:
    """Compares records with the site as it is now.

    :param state: state of new objects: draft, published, or what the source says.
    :param create_departments: whether departments that the site lacks are created.
    :param open_file: gives the bytes of a file; None where the source has none.
    :param language: language of reasons that fields give.
    """

    def __init__(
        self,
        site: Any,
        state: str = DRAFT,
        create_departments: bool = False,
        open_file: OpenFile | None = None,
        language: str = "zh_CN",
    ):
        self.site = site
        self.state = state
        self.language = language
        self.open_file = open_file
        self.owners = Owners(create_departments)
        self.fitter = Fitter(self.owners.codes)
        #: which requirements the site asks
        self.options = options()
        #: keys of the records that were planned
        self.seen: set[tuple[str, ...]] = set()
        self._fields: dict[str, dict[str, Any]] = {}

    def fields(self, portal_type: str) -> dict[str, Any]:
        """Fields of a type."""
        if portal_type not in self._fields:
            self._fields[portal_type] = fields_of(portal_type)
        return self._fields[portal_type]

    def remember(self, record: Record) -> None:
        """A record that an earlier batch has planned counts as seen."""
        if record.portal_type in FOLDERS or record.portal_type in REGISTERS:
            self.seen.add(key_of(record, self.owners.code_of(record)))

    # ------------------------------------------------------------------ a record

    def plan(self, record: Record) -> Plan:
        """What is to be done with a record at the top of a source."""
        plan = Plan(record, REFUSED, findings=list(record.findings))
        if record.refused:
            return plan
        if not record.portal_type:
            plan.verdict = NOTE
            return plan
        known = record.portal_type in FOLDERS or record.portal_type in REGISTERS
        if not known:
            return plan.refuse("import_type")
        owned = "department" in self.fields(record.portal_type)
        if owned and not self._owner(plan):
            return plan
        department = plan.values.get("department") or ""
        key = key_of(record, department)
        if not any(key[1:]) and not record.uid:
            return plan.refuse("import_not_one")
        if key in self.seen:
            return plan.refuse("import_twice", value=record.key)
        self.seen.add(key)
        try:
            plan.obj = find(record, department)
        except Ambiguous:
            return plan.refuse("import_ambiguous", value=record.key)
        if plan.obj is None:
            plan.container = self._container(record.portal_type)
            if record.portal_type == GUIDE and not department:
                return plan.refuse("import_no_owner", "department")
        self._compare(plan)
        if record.portal_type == GUIDE and plan.verdict in {NEW, CHANGED}:
            warn(plan, self.options, self.language)
        if record.portal_type == DEPARTMENT and plan.verdict != REFUSED:
            self._department(plan)
        return plan

    def _container(self, portal_type: str) -> Any:
        if portal_type in FOLDERS:
            return self.site[FOLDERS[portal_type]]
        return self.site["registers"][REGISTERS[portal_type].replace("_", "-")]

    def _owner(self, plan: Plan) -> bool:
        """Find the owner department; whether the record can go on."""
        record = plan.record
        found = self.owners.find(record)
        if found is None:
            return True
        if found.problem:
            problem = Problem("department", found.problem, (("name", found.name),))
            plan.findings.append(
                Finding(record.place, problem, found.name, refused=True)
            )
            return False
        if found.record is not None:
            # A department of its own record, which comes first.
            owner = Plan(found.record, REFUSED)
            owner.container = self._container(DEPARTMENT)
            self._compare(owner)
            if owner.verdict == REFUSED:
                reason = next(f for f in owner.findings if f.refused)
                plan.findings.append(
                    Finding(record.place, reason.problem, found.name, refused=True)
                )
                return False
            self.owners.add(found.code, found.record)
            plan.owner = owner
        plan.values["department"] = found.code
        return True

    def _department(self, plan: Plan) -> None:
        """Later records may name this department."""
        code = plan.values.get("code") or getattr(plan.obj, "code", None)
        if code and plan.obj is None:
            self.owners.add(code, plan.record)

    # ---------------------------------------------------------------- comparing

    def _compare(self, plan: Plan) -> None:
        """Fill the plan of a record whose object, or container, is known."""
        record, obj = plan.record, plan.obj
        self._fit(plan)
        if obj is None:
            self._new(plan)
        else:
            self._existing(plan)
        if plan.verdict == REFUSED:
            return
        if record.portal_type in CHILDREN and record.children is not None:
            self._children(plan)
        changed = any(child.verdict in {NEW, CHANGED} for child in plan.children)
        if plan.verdict == UNCHANGED and (changed or plan.reorder):
            plan.verdict = CHANGED
        if obj is not None and plan.verdict == CHANGED:
            self._may_change(plan)
        if plan.verdict == NEW or (plan.verdict == CHANGED and plan.differences):
            self._judge(plan)

    def _fit(self, plan: Plan) -> None:
        """The record's values as fields hold them; what cannot be held is a finding."""
        fields = self.fields(plan.record.portal_type)
        given = {**plan.record.values, **plan.values}
        plan.values = {}
        for name, value in given.items():
            if name not in fields:
                self._find(plan, name, "import_unknown_field", value)
                continue
            try:
                fitted, lost = self.fitter.fit(fields[name], value)
            except Refused as refused:
                self._find(plan, name, "import_value", value, reason=refused.reason)
                continue
            for item in lost:
                self._lost(plan, name, value, item, fields[name])
            if value is None or fitted is not None or not lost:
                plan.values[name] = fitted

    def _lost(
        self, plan: Plan, name: str, value: Any, item: Refused, field: Any
    ) -> None:
        rows = value if isinstance(value, list) else [value]
        shown = rows[item.row - 1] if 0 < item.row <= len(rows) else ""
        if item.column:
            columns = field.value_type.schema
            title = columns[item.column].title if item.column in columns else ""
            shown = shown.get(item.column, "") if isinstance(shown, dict) else shown
            self._find(
                plan,
                name,
                "import_cell",
                shown,
                row=str(item.row),
                column=title or item.column,
                reason=item.reason,
            )
        else:
            self._find(
                plan, name, "import_item", shown, row=str(item.row), reason=item.reason
            )

    def _find(
        self, plan: Plan, name: str, id: str, value: Any = "", **more: Any
    ) -> None:
        said = tuple((key, self.say(text)) for key, text in more.items())
        text = value.filename if isinstance(value, SourceFile) else value
        shown = "" if text is None else str(text)[:200]
        plan.findings.append(Finding(plan.record.place, Problem(name, id, said), shown))

    def say(self, text: Any) -> str:
        """A message in the language of the report."""
        if isinstance(text, Message):
            return str(translate(text, target_language=self.language))
        return str(text)

    def _new(self, plan: Plan) -> None:
        portal_type = plan.record.portal_type
        if not plan.values.get("title"):
            plan.refuse("import_no_title", "title")
            return
        if plan.container is not None:
            permission = ADD.get(portal_type, ADD_ENTRY)
            # Only departments know no “Add portal content” of their own state.
            if not api.user.has_permission(permission, obj=plan.container):
                plan.refuse("import_not_allowed")
                return
        for name, schema_field in self.fields(portal_type).items():
            if schema_field.required and normal(plan.values.get(name)) is None:
                self._find(plan, name, "import_missing")
        self._drop_lost_files(plan)
        plan.verdict = NEW
        if plan.container is not None:
            self._state_of_new(plan)

    def _state_of_new(self, plan: Plan) -> None:
        chain = api.portal.get_tool("portal_workflow").getChainFor(
            plan.record.portal_type
        )
        if not chain:
            return
        state = plan.record.state if self.state == AS_SOURCE else self.state
        state = travelled(state)
        workflow = api.portal.get_tool("portal_workflow")[chain[0]]
        if state == PUBLISHED and PUBLISHED not in workflow.states:
            # Registers that the public does not read have no such state.
            state = ""
        if not state or state == workflow.initial_state:
            return
        if state not in workflow.states or not api.user.has_permission(
            REVIEW, obj=plan.container
        ):
            self._find(plan, "", "import_state", state, state=state)
            return
        plan.state = state

    def _existing(self, plan: Plan) -> None:
        obj, fields = plan.obj, self.fields(plan.record.portal_type)
        kept = getattr(obj, "files", None) or {}
        plan.verdict = UNCHANGED
        for name, value in list(plan.values.items()):
            stored = getattr(obj, name, None)
            if same(stored, value, kept.get(name)):
                del plan.values[name]
                continue
            if value is None and fields[name].required:
                # A needed value is not emptied from outside.
                del plan.values[name]
                self._find(plan, name, "import_missing")
                continue
            plan.differences.append(Difference(name, stored, value))
        self._drop_lost_files(plan)
        wanted = travelled(plan.record.state) if self.state == AS_SOURCE else ""
        if wanted and wanted != self._state(obj):
            self._state_of_old(plan, wanted)
        if plan.differences:
            plan.verdict = CHANGED

    def _state(self, obj: Any) -> str:
        tool = api.portal.get_tool("portal_workflow")
        return str(tool.getInfoFor(obj, "review_state", "") or "")

    def _state_of_old(self, plan: Plan, wanted: str) -> None:
        old = self._state(plan.obj)
        if not old:
            return
        if not api.user.has_permission(REVIEW, obj=plan.obj):
            self._find(plan, "", "import_state", wanted, state=wanted)
            return
        plan.state = wanted
        plan.differences.append(Difference("review_state", old, wanted))

    def _drop_lost_files(self, plan: Plan) -> None:
        """Files of which the source has no bytes stay as they are."""
        for name, value in list(plan.values.items()):
            lost = isinstance(value, SourceFile) and (
                self.open_file is None or not value.path
            )
            if lost:
                del plan.values[name]
                plan.differences = [d for d in plan.differences if d.field != name]
                self._find(plan, name, "import_file", value)

    def _may_change(self, plan: Plan) -> None:
        obj = plan.obj
        if not api.user.has_permission(MODIFY, obj=obj):
            plan.refuse("import_not_yours", value=plan.title)
            return
        lockable = ILockable(obj, None)
        me = api.user.get_current().getId()
        for lock in lockable.lock_info() if lockable is not None else ():
            if lock["creator"] != me:
                plan.refuse("import_locked", value=plan.title, person=lock["creator"])
                return

    def _judge(self, plan: Plan) -> None:
        """A judge's problem does not keep a record out: people mend it."""
        portal_type, obj = plan.record.portal_type, plan.obj
        context = obj if obj is not None else (plan.container or self.site)
        values = dict.fromkeys(self.fields(portal_type))
        if obj is not None:
            values = {name: getattr(obj, name, None) for name in values}
        values.update(plan.values)
        plan.findings += [
            Finding(plan.record.place, problem, words_of(values, problem.field))
            for problem in validation.problems(portal_type, context, values)
        ]

    # ----------------------------------------------------------------- children

    def _children(self, plan: Plan) -> None:
        portal_type, name = CHILDREN[plan.record.portal_type]
        records = plan.record.children or []
        inside = materials if portal_type == MATERIAL else versions
        there = inside(plan.obj) if plan.obj is not None else []
        pairs = pair(records, list(there), name)
        for record, obj in zip(records, pairs, strict=True):
            child = Plan(record, REFUSED, obj=obj, findings=list(record.findings))
            child.container = plan.obj if obj is None else None
            plan.children.append(child)
            if not record.refused:
                self._compare(child)
        for obj in there:
            if not any(obj is other for other in pairs):
                self._find(plan, portal_type, "import_left", obj.title)
        # New ones are added behind those that are there.
        found = [number for number, obj in enumerate(pairs) if obj is not None]
        found.sort(key=lambda number: there.index(pairs[number]))
        new = [number for number, obj in enumerate(pairs) if obj is None]
        plan.reorder = plan.obj is not None and found + new != sorted(found + new)


def words_of(values: dict[str, Any], name: str) -> str:
    """A value for a finding."""
    value = values.get(name)
    if value is None or hasattr(value, "data"):
        return ""
    return str(value)[:200]
