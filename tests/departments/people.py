"""One person for each function and whose, and one object for each type and state."""

from plone import api
from plone.dexterity.utils import createContentInContainer
from zhinan.departments.matrix import matrix
from zhinan.rules.permissions import group_id
from zhinan.rules.permissions import words

import datetime


OWNER, SHARED, OTHER = "jia", "yi", "bing"
CODES = {OWNER: "甲局", SHARED: "乙局", OTHER: "丙局"}
DAY = datetime.date(2026, 1, 1)
VALUES = {
    "MatterGuide": {"title": "示例事项", "catalog_code": "620199001000"},
    "WorkingCopy": {"title": "示例事项", "catalog_code": "620199001000"},
    "PolicyDocument": {"title": "示例文件"},
    "CatalogueEntry": {"title": "示例目录事项", "catalog_code": "620199001000"},
    "CancelledProof": {"title": "示例证明", "replacement": "data"},
    "IntermediaryService": {"title": "示例报告编制", "basis": "示例条例第一条"},
    "LegalBasis": {"title": "示例条例", "kind": "regulation"},
    "ApprovalSeal": {"title": "示例专用章", "seal_number": "SL-1", "valid_from": DAY},
    "Authorisation": {"title": "示例授权", "authorisation_number": "SQ-1"},
    "Enquiry": {"title": "示例咨询", "question": "怎么办？"},
    "SupervisionNotice": {
        "title": "示例督办",
        "number": "督办〔2026〕1号",
        "question": "为什么？",
        "due": DAY,
    },
}
PLACES = {
    "MatterGuide": "guides",
    "WorkingCopy": "guides",
    "PolicyDocument": "policies",
    "Enquiry": "enquiries",
    "SupervisionNotice": "notices",
    "CatalogueEntry": "registers/catalogue-entry",
    "CancelledProof": "registers/cancelled-proof",
    "IntermediaryService": "registers/intermediary-service",
    "LegalBasis": "registers/legal-basis",
    "ApprovalSeal": "registers/approval-seal",
    "Authorisation": "registers/authorisation",
}


def add_departments(portal):
    """The owner, one that content is shared with, and one that has nothing to do."""
    for number, (code, name) in enumerate(CODES.items()):
        api.content.create(
            portal["departments"],
            "Department",
            id=code,
            title=f"嘉峪关市{name}",
            short_name=name,
            code=code,
            credit_code=f"1162020000000000{number}X",
        )


def add_people():
    """People by id: (function, whose); ``nobody`` is signed in and has no function."""
    people = {}

    def add(name, group, function, whose):
        api.user.create(
            username=name, email=f"{name}@example.com", password="Ren-yuan-2026-x"
        )
        if group:
            api.group.add_user(groupname=group, username=name)
        people[name] = (function, whose)

    for function in words().department_functions():
        for code, whose in ((OWNER, "own"), (SHARED, "co"), (OTHER, "any")):
            name = f"{function.name}_{whose}"
            add(name, group_id(code, function.name), function.name, whose)
    for function in words().site_functions():
        add(f"{function.name}_any", function.group, function.name, "any")
    add("nobody", "", "", "any")
    return people


def create(portal, portal_type, state):
    """An object of the owner department in this state, and what lies inside it."""
    if portal_type == "Department":
        obj = portal["departments"][OWNER]
    else:
        place = portal.unrestrictedTraverse(PLACES[portal_type])
        values = dict(VALUES[portal_type])
        if portal_type == "Enquiry":
            values["department"] = OWNER
        elif portal_type == "SupervisionNotice":
            values |= {"department": OWNER, "about_department": SHARED}
        else:
            values |= {"owner_department": OWNER, "co_owners": [SHARED]}
        # Enquiries are added by the form alone.
        obj = createContentInContainer(
            place, portal_type, checkConstraints=False, **values
        )
    parts = [obj]
    if portal_type in {"MatterGuide", "WorkingCopy"}:
        material = api.content.create(obj, "Material", title="申请表", necessity="1")
        parts.append(material)
        parts.append(
            api.content.create(
                material,
                "FormVersion",
                title="申请表",
                form_number="B1",
                version="2026.1",
                in_force_from=DAY,
            )
        )
    put(obj, state)
    return parts


def put(obj, state):
    """Into a state, whatever the way there."""
    tool = api.portal.get_tool("portal_workflow")
    (workflow,) = tool.getWorkflowsFor(obj)
    status = tool.getStatusOf(workflow.getId(), obj) or {}
    tool.setStatusOf(workflow.getId(), obj, {**status, "review_state": state})
    workflow.updateRoleMappingsFor(obj)
    obj.reindexObject()


def expected(portal_type, state, function, whose):
    """Rights that the matrix gives to a person."""
    rights = set()
    if portal_type in {"Department", "Enquiry"} and whose == "co":
        # They are shared with nobody.
        whose = "any"
    for row in matrix().rows_for(portal_type, state):
        everybody = words().functions[row.function].kind == "public"
        # Whoever has a function in some department has it as "any".
        if everybody or (row.function == function and row.whose in {whose, "any"}):
            rights |= set(row.rights)
    return rights
