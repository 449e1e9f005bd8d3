"""The permission matrix: the rules' table with the states of the workflows."""

from functools import cache
from importlib.resources import files
from zhinan.rules import permissions
from zhinan.rules.permissions import Matrix

import xml.etree.ElementTree as ET


@cache
def matrix() -> Matrix:
    """The matrix, read once.

    :raises zhinan.rules.permissions.MatrixError: with the line that is wrong.
    """
    return permissions.load(permissions.text(), permissions.words(), workflows())


@cache
def workflows() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Of each type with a workflow of ours: the workflow's name and its states.

    Both stand once, in the profile. Types that lie inside another one have none: they
    take over what holds for it.
    """
    profile = files("zhinan") / "profiles" / "default"
    bindings = ET.fromstring((profile / "workflows.xml").read_bytes())
    found = {}
    for type_ in bindings.iter("type"):
        for bound in type_.iter("bound-workflow"):
            name = bound.attrib["workflow_id"]
            definition = profile / "workflows" / name / "definition.xml"
            states = ET.fromstring(definition.read_bytes()).iter("state")
            found[type_.attrib["type_id"]] = (
                name,
                tuple(state.attrib["state_id"] for state in states),
            )
    return found
