"""What people read of a hand-over: problems, notes, steps."""

from collections.abc import Iterable
from collections.abc import Mapping
from plone import api
from typing import Any
from zhinan import _
from zhinan.departments import aliases
from zhinan.departments import directory
from zhinan.departments import functions
from zhinan.departments.content import MESSAGES as DEPARTMENT_MESSAGES
from zhinan.forms.messages import message
from zhinan.rules import handover as rules
from zhinan.rules.codes import Problem
from zhinan.rules.elements import elements
from zhinan.rules.permissions import words
from zope.i18n import translate
from zope.i18nmessageid import Message


PROBLEMS = {
    "handover_kind": _("handover_kind", default="Choose what is to be done."),
    "handover_no_source": _(
        "handover_no_source", default="Choose the department that gives up its matters."
    ),
    "handover_twice": _("handover_twice", default="A department is chosen twice."),
    "handover_one_source": _(
        "handover_one_source", default="Choose exactly one department."
    ),
    "handover_gone": _(
        "handover_gone",
        default="“${code}” has been merged or renamed already. Choose a department of "
        "today.",
    ),
    "handover_unknown": _(
        "handover_unknown", default="There is no department “${code}”."
    ),
    "handover_no_target": _(
        "handover_no_target", default="Choose the department that takes over."
    ),
    "handover_itself": _(
        "handover_itself", default="A department cannot take over from itself."
    ),
    "handover_circular": _(
        "handover_circular",
        default="“${code}” was itself merged into one of these departments: that goes "
        "in a circle.",
    ),
    "handover_withdrawn": _(
        "handover_withdrawn",
        default="The department “${code}” is withdrawn. Publish it first, or choose "
        "another one.",
    ),
    "handover_name_missing": _(
        "handover_name_missing", default="Enter the name of the department."
    ),
    "handover_credit_missing": _(
        "handover_credit_missing",
        default="Enter the unified social credit code of the new department.",
    ),
    "handover_no_code": _(
        "handover_no_code", default="Enter the code; leave the old one if it stays."
    ),
    "handover_same": _(
        "handover_same", default="Name and code are what they are already."
    ),
    "handover_nothing": _(
        "handover_nothing",
        default="Choose at least one matter or entry that goes along.",
    ),
    "handover_follow": _("handover_follow", default="There is no such choice: ${code}"),
    "handover_paper_open": _(
        "handover_paper_open",
        default="Decide what becomes of “${title}”, which is in force.",
    ),
    "handover_paper_seal": _(
        "handover_paper_seal",
        default="“${title}” cannot be taken over while its seal “${seal}” is ended.",
    ),
    "handover_codes_unknown": _(
        "handover_codes_unknown",
        default="These codes belong to nothing of this department: ${codes}",
    ),
    "handover_file": _(
        "handover_file",
        default="The file is no spreadsheet (XLSX) and no text (CSV) of codes.",
    ),
    "handover_undo_unknown": _(
        "handover_undo_unknown", default="This hand-over is not known (any more)."
    ),
    "handover_undo_done": _(
        "handover_undo_done", default="This hand-over was taken back already."
    ),
    "handover_undo_later": _(
        "handover_undo_later",
        default="A later hand-over concerns the same departments. Take that one back "
        "first.",
    ),
    **DEPARTMENT_MESSAGES,
}
NOTES = {
    "handover_note_losing": _(
        "handover_note_losing",
        default="${name} would have no function any more. Choose below where this "
        "person goes.",
    ),
    "handover_note_lacking": _(
        "handover_note_lacking",
        default="The department that takes over would have nobody with the function: "
        "${function}.",
    ),
    "handover_note_papers": _(
        "handover_note_papers",
        default="${number} seals and authorisations are in force in the old name. "
        "Decide below on each of them.",
    ),
    "handover_note_enquiries": _(
        "handover_note_enquiries",
        default="${number} enquiries are still open; the handlers of the department "
        "that takes over answer them.",
    ),
    "handover_note_locked": _(
        "handover_note_locked",
        default="${number} objects are open for editing. Ask these people to save "
        "first.",
    ),
    "handover_note_review": _(
        "handover_note_review",
        default="${number} objects are in review; the reviewers of the department that "
        "takes over go on with them.",
    ),
    "handover_note_revised": _(
        "handover_note_revised",
        default="${number} published guides change for the public; each of them gives "
        "one change to the channels.",
    ),
    "handover_note_left": _(
        "handover_note_left",
        default="${number} objects still name the old department in elements that do "
        "not follow. They are marked in the list.",
    ),
    "handover_note_codes": _(
        "handover_note_codes",
        default="${number} guides keep codes that begin with the credit code of the "
        "old department. Their editors have to mend them.",
    ),
    "handover_note_release": _(
        "handover_note_release",
        default="${number} published entries of the catalogue change. Releases keep "
        "the old name; make a new release afterwards.",
    ),
    "handover_note_jobs": _(
        "handover_note_jobs",
        default="${number} other jobs wait or run. Let them end first.",
    ),
    "handover_note_back": _(
        "handover_note_back",
        default="“${title}” has been changed since, so it stays as it is.",
    ),
}
KINDS = {
    rules.MERGE: _("handover_merge", default="Merge departments"),
    rules.SPLIT: _("handover_split", default="Split a department"),
    rules.RENAME: _("handover_rename", default="Rename a department"),
    rules.UNDO: _("handover_undo", default="Take a hand-over back"),
}
STEPS = {
    rules.CREATE: _("step_create", default="New department"),
    rules.REOPEN: _("step_reopen", default="Department is opened again"),
    rules.CALL: _("step_call", default="New name or code"),
    rules.GROUPS: _("step_groups", default="Groups are made again"),
    rules.JOIN: _("step_join", default="Function is given"),
    rules.MOVE: _("step_move", default="Moved"),
    rules.PAPER: _("step_paper", default="Ended"),
    rules.REVIVE: _("step_revive", default="In force again"),
    rules.PART: _("step_part", default="Function is taken"),
    rules.DROP: _("step_drop", default="Groups go"),
    rules.CLOSE: _("step_close", default="Department ends"),
    rules.RETIRE: _("step_retire", default="Department is withdrawn"),
}
VERDICTS = {
    rules.MOVED: _("count_handover_moved", default="Done"),
    rules.ALREADY: _("count_handover_already", default="Done before"),
    rules.DIFFERS: _("count_handover_differs", default="Left: changed meanwhile"),
    "missing": _("count_handover_missing", default="Not there any more"),
}
FOLLOW = {
    "department": _("follow_department", default="Body in charge, for the public"),
    "co_departments": _("follow_co_departments", default="Co-departments"),
    "bodies": _(
        "follow_bodies", default="Accepting, deciding and entrusting body, as text"
    ),
    "flow": _("follow_flow", default="Departments in the steps"),
    "remedies": _("follow_remedies", default="Bodies of objection and appeal"),
    "issuing": _("follow_issuing", default="Body that issues a material"),
    "codes": _(
        "follow_codes",
        default="Implementation and handling codes (first 18 characters)",
    ),
}
WAYS = {
    rules.GO: _("way_go", default="Same function in the department that takes over"),
    rules.BOTH: _("way_both", default="The function in both departments"),
    rules.STAY: _("way_stay", default="Stays"),
    rules.LEAVE: _("way_leave", default="Loses the function"),
}
#: Fields beside the elements.
FIELDS = {
    "owner_department": _("ho_owner", default="Department in charge"),
    "co_owners": _("ho_shared", default="Shared with departments"),
    "department": _("Department"),
    "title": _("Full name"),
    "short_name": _("Short name"),
    "code": _("Department code"),
    "review_state": _("State"),
    "merged_into": _("Merged into"),
    "function": _("ho_function", default="Function"),
    "groups": _("ho_groups", default="Groups"),
    "revoked_on": _("ho_revoked_on", default="Revoked on"),
    "valid_until": _("ho_valid_until", default="In use until"),
}
STATES = {
    "published": _("handover_published", default="Published"),
    "withdrawn": _("handover_withdrawn_state", default="Withdrawn"),
    "in_force": _("handover_in_force", default="In force"),
    "ended": _("standing_ended", default="Ended"),
    "draft": _("standing_draft", default="Draft"),
    "in_review": _("handover_in_review", default="In review"),
}


def sentence(problem: Problem) -> Message:
    """What people read of a problem."""
    return Message(PROBLEMS[problem.id], mapping=problem.mapping)


def told(row: Mapping[str, Any]) -> Message:
    """What people read of a note."""
    mapping = dict(row["mapping"])
    if "function" in mapping:
        mapping["function"] = functions.title(words().functions[mapping["function"]])
    return Message(NOTES[row["id"]], mapping=mapping)


def type_title(portal_type: str) -> Message | str:
    """What people call a type of content."""
    if portal_type == "Person":
        return _("ho_person", default="Person")
    found = api.portal.get_tool("portal_types").get(portal_type)
    return Message(found.title, domain=found.i18n_domain) if found else portal_type


def named(code: str) -> str:
    """Name of a department by its code, also by an old one."""
    known = directory.entries().get(code)
    if known is not None:
        return known.short_name
    old = aliases.get(code)
    return (old.short_name or old.title) if old is not None else code


def field_title(name: str) -> Message | str:
    """What people call a field."""
    if name in FIELDS:
        return FIELDS[name]
    for group, found in (
        ("guide", elements().guide),
        ("material", elements().material),
    ):
        for element in found:
            if element.name == name:
                return message(f"{group}.{name}", element.title)
    return name


def value_words(name: str, value: Any) -> str:
    """A value as people read it; codes of departments by their names."""
    if value in (None, "", []):
        return ""
    if name == "review_state":
        return _chinese(STATES.get(value, value))
    if name == "function":
        code, _colon, function = value.partition(":")
        known = words().functions.get(function)
        title = _chinese(functions.title(known)) if known is not None else function
        return f"{named(code)} · {title}"
    if name in {"owner_department", "department", "merged_into"}:
        return named(value) if isinstance(value, str) else str(value.get("title", ""))
    if name in {"co_owners", "co_departments"}:
        return joined(named(code) for code in value)
    if isinstance(value, list):
        texts = [str(row.get("department") or row.get("body") or "") for row in value]
        return joined(dict.fromkeys(filter(None, texts)))
    return str(value)


def joined(texts: Iterable[str]) -> str:
    """Several names in one sentence."""
    return _chinese(_("list_separator", default=", ")).join(texts)


def _chinese(text: Message | str) -> str:
    return str(translate(text, target_language="zh_CN"))
