"""The matrix: its mistakes are named with their line, and it says what it grants."""

from zhinan.rules import permissions
from zhinan.rules.permissions import load
from zhinan.rules.permissions import MatrixError
from zhinan.rules.permissions import words

import dataclasses
import pytest


HEAD = "type,state,function,whose,rights\n"
WORKFLOWS = {
    "MatterGuide": ("content", ("draft", "published")),
    "Enquiry": ("enquiry", ("received",)),
}


def read(*lines: str, workflows=None):
    """A matrix of these lines, after the header."""
    plain = dataclasses.replace(words(), groups={"Both": ("MatterGuide", "Enquiry")})
    return load(HEAD + "\n".join(lines), plain, workflows or WORKFLOWS)


class TestMistakes:
    """Protects: nobody can grant something by a slip of the pen."""

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("Guide,draft,editor,own,view", "unknown type “Guide”"),
            ("MatterGuide,drafts,editor,own,view", "unknown state “drafts”"),
            ("Enquiry,draft,editor,own,view", "unknown state “draft”"),
            ("MatterGuide,draft,editors,own,view", "unknown function “editors”"),
            ("MatterGuide,draft,editor,ours,view", "unknown whose “ours”"),
            ("MatterGuide,draft,editor,own,see", "unknown right “see”"),
            ("MatterGuide,draft,editor,own,", "no right"),
            ("MatterGuide,draft,,own,view", "no function"),
            ("MatterGuide,,editor,own,view", "no state"),
            (",draft,editor,own,view", "no type"),
            ("MatterGuide,draft,editor,own", "4 fields instead of 5"),
            ("MatterGuide,draft,editor,own,view,edit", "6 fields instead of 5"),
            ("MatterGuide,draft,window,own,view", "window stands beside"),
            ("MatterGuide,draft,public,co,view", "public stands beside"),
            ("MatterGuide,draft,editor,own,import", "import cannot be held on"),
            ("Site,,editor,any,view", "view cannot be held on Site"),
            ("Site,draft,editor,any,import", "Site has no states"),
            ("Site,,editor,own,import", "Site has no states and no owner"),
        ],
    )
    def test_is_named_with_its_line(self, line, reason):
        with pytest.raises(MatrixError) as caught:
            read("# a comment", "", "MatterGuide,published,public,any,view", line)
        assert caught.value.line == 5
        assert reason in caught.value.reason

    def test_same_cell_twice(self):
        with pytest.raises(MatrixError, match="granted in line 2 already") as caught:
            read("MatterGuide,*,editor,own,view", "MatterGuide,draft,editor,own,view")
        assert caught.value.line == 3

    def test_columns_are_fixed(self):
        with pytest.raises(MatrixError, match="the columns must be"):
            load("type,function,state,whose,rights\n", words(), WORKFLOWS)

    def test_types_of_one_workflow_have_the_same_rows(self):
        shared = {
            "MatterGuide": ("content", ("draft",)),
            "Enquiry": ("content", ("draft",)),
        }
        read("Both,draft,editor,own,view", workflows=shared)
        with pytest.raises(MatrixError, match="MatterGuide share content"):
            read("MatterGuide,draft,editor,own,view", workflows=shared)


class TestRoles:
    """Protects: what a row says is what the workflow is told."""

    def test_one_role_for_each_function_and_whose(self):
        matrix = read(
            "MatterGuide,draft,editor,own,view edit",
            "MatterGuide,draft,editor,co,view",
            "MatterGuide,draft,reader,any,view",
            "MatterGuide,draft,window,any,view",
        )
        seen = {"Manager", "Own editor", "Co editor", "Any reader", "Window"}
        assert matrix.roles("MatterGuide", "draft", "View") == seen
        edit = matrix.roles("MatterGuide", "draft", "Modify portal content")
        assert edit == {"Manager", "Own editor"}

    def test_what_no_row_grants_is_denied(self):
        matrix = read("MatterGuide,draft,editor,own,view")
        assert matrix.roles("MatterGuide", "published", "View") == {"Manager"}
        assert matrix.roles("Enquiry", "received", "View") == {"Manager"}

    def test_what_everybody_holds_needs_nobody_beside(self):
        matrix = read(
            "MatterGuide,published,public,any,view",
            "MatterGuide,published,editor,own,view",
        )
        assert matrix.roles("MatterGuide", "published", "View") == {"Anonymous"}

    def test_closed_permissions_are_nobodys(self):
        matrix = read("MatterGuide,*,site_administrator,any,view edit delete")
        for permission in words().closed:
            assert matrix.roles("MatterGuide", "draft", permission) == {"Manager"}

    def test_star_means_all_states_of_each_type(self):
        matrix = read("Both,*,supervision,any,view")
        assert [(row.type, row.state) for row in matrix.rows] == [
            ("MatterGuide", "draft"),
            ("MatterGuide", "published"),
            ("Enquiry", "received"),
        ]


class TestGroups:
    """Protects: only groups of departments give functions of departments."""

    def test_there_and_back(self):
        for function in words().department_functions():
            group = permissions.group_id("fgw", function.name)
            assert permissions.parse_group(group) == ("fgw", function.name)

    @pytest.mark.parametrize(
        "group",
        ["dept-fgw", "dept-fgw-window", "dept--editor", "dept-fgw-editor-x", "window"],
    )
    def test_no_other_group_is_taken_for_one(self, group):
        assert permissions.parse_group(group) is None


def test_view_stands_for_both_permissions():
    """The catalogue filters by the second of them."""
    assert words().rights["view"].permissions == (
        "View",
        "Access contents information",
    )


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (('kind = "public"', 'kind = "open"'), "unknown kind open"),
        (('group = "window"', ""), "a group is missing"),
        (('role = "Window"', ""), "a role, or"),
    ],
)
def test_words_are_checked_too(changed, reason):
    data = permissions._DATA / "permissions.toml"
    text = data.read_text(encoding="utf-8").replace(*changed)
    with pytest.raises(MatrixError, match=reason):
        permissions.read_words(text)
