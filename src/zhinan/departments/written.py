"""What is written from the permission matrix: workflows, roles and the page of docs.

``make permissions`` writes it anew; a test holds that nothing else stands there.
"""

from collections.abc import Iterable
from pathlib import Path
from zhinan.departments.matrix import matrix
from zhinan.departments.matrix import workflows
from zhinan.rules.permissions import ANY
from zhinan.rules.permissions import CO
from zhinan.rules.permissions import Matrix
from zhinan.rules.permissions import OWN
from zhinan.rules.permissions import Row
from zhinan.rules.permissions import SITE
from zhinan.rules.permissions import words

import json
import re
import sys


#: Added by the platform or by nobody: permissions of ours which no row grants as such.
_UNGRANTED = ("Zhinan: Add Enquiry",)
_PERMISSION = re.compile(r"  <permission>[^<]*</permission>\n")
_MAP = re.compile(
    r"    <permission-map [^>]*?(?:/>\n|>\n.*?    </permission-map>\n)", re.DOTALL
)
_STATE = re.compile(r'  <state state_id="([^"]*)".*?  </state>\n', re.DOTALL)
_TEXTS = json.loads((Path(__file__).parent / "written.json").read_text("utf-8"))


def _roles(names: Iterable[str], indent: str) -> str:
    """In a fixed order: the administrators first."""
    first = ["Anonymous", "Manager", "Site Administrator"]
    order = sorted(names, key=lambda name: (name not in first, name))
    return "".join(f"{indent}{name}\n" for name in order)


def workflow(name: str, definition: str) -> str:
    """The definition of a workflow with the permissions of the matrix."""
    table = matrix()
    type_ = next(t for t, (workflow, _s) in workflows().items() if workflow == name)
    permissions = table.permissions()
    bare = _MAP.sub("", _PERMISSION.sub("", definition))
    listed = "".join(f"  <permission>{p}</permission>\n" for p in permissions)
    head, found, rest = bare.partition("  <state ")
    made = f"{head.rstrip()}\n\n{listed}\n{found}{rest}"

    def with_maps(match: re.Match[str]) -> str:
        maps = "".join(
            _map(table, type_, match.group(1), permission) for permission in permissions
        )
        return match.group(0).replace("  </state>\n", f"{maps}  </state>\n")

    return _STATE.sub(with_maps, made)


def _map(table: Matrix, type_: str, state: str, permission: str) -> str:
    roles = table.roles(type_, state, permission)
    lines = re.sub(
        r"^( *)(.*)$",
        r"\1<permission-role>\2</permission-role>",
        _roles(roles, " " * 6).rstrip("\n"),
        flags=re.MULTILINE,
    )
    return (
        f'    <permission-map acquired="False"\n'
        f'                    name="{permission}"\n'
        f"    >\n{lines}\n    </permission-map>\n"
    )


def rolemap() -> str:
    """Roles of ours, and who holds what on the site as a whole."""
    table = matrix()
    ours = [p for p in table.permissions() if p.startswith("Zhinan: ")]
    lines = ['<?xml version="1.0" encoding="utf-8"?>\n<rolemap>\n  <roles>\n']
    lines += [f'    <role name="{role}" />\n' for role in table.words.roles()]
    lines.append("  </roles>\n  <permissions>\n")
    for permission in sorted({*table.site_permissions(), *ours, *_UNGRANTED}):
        roles = table.roles(SITE, "", permission)
        if permission in ours and permission not in table.site_permissions():
            # It depends on the state; where there is none it is the keeper's.
            roles.add("Site Administrator")
        if not permission.startswith("Zhinan: "):
            roles |= set(_PLATFORM.get(permission, ()))
        lines.append(
            f'    <permission acquire="False"\n'
            f'                name="{permission}"\n    >\n'
        )
        lines.append(
            re.sub(
                r"^( *)(.*)\n",
                r'\1<role name="\2" />\n',
                _roles(roles, " " * 6),
                flags=re.MULTILINE,
            )
        )
        lines.append("    </permission>\n")
    lines.append("  </permissions>\n</rolemap>\n")
    return "".join(lines)


#: The platform's own roles keep its permissions on what is not ours: pages, folders.
_PLATFORM = {
    "Add portal content": ("Contributor", "Owner"),
    "Review portal content": ("Reviewer",),
}


def page() -> str:
    """docs/permissions.md: the matrix as people read it."""
    table = matrix()
    text = _TEXTS
    lines = [f"# {text['title']}\n\n", f"{text['generated']}\n\n"]
    lines += [f"{line}\n\n" for line in text["rules"]]
    lines.append(f"## {text['functions']}\n\n")
    lines.append(
        f"| {text['function']} | {text['group']} | {text['for']} |\n|---|---|---|\n"
    )
    for function in words().functions.values():
        if function.kind == "public":
            continue
        group = function.group or f"dept-<code>-{function.name}"
        lines.append(f"| {function.title} | `{group}` | {function.help} |\n")
    shown: set[str] = set()
    for type_ in table.types():
        if type_ in shown:
            continue
        same = next((g for g in words().groups.values() if type_ in g), (type_,))
        shown |= set(same)
        lines += _section(table, type_, same)
    lines += _site(table)
    lines += _platform(table)
    return "".join(lines)


def _section(table: Matrix, type_: str, same: tuple[str, ...]) -> list[str]:
    text = _TEXTS
    names = text["separator"].join(text["types"].get(name, name) for name in same)
    lines = [f"\n## {names}\n"]
    for state in table.states[type_]:
        lines.append(f"\n### {text['states'].get(state, state)} (`{state}`)\n\n")
        lines.append(f"| {text['function']} | {text['whose']} | {text['rights']} |\n")
        lines.append("|---|---|---|\n")
        lines += _table(table.rows_for(type_, state))
    return lines


def _table(rows: list[Row]) -> list[str]:
    """One line for each function and whose, the rights of several rows together."""
    cells: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        cells.setdefault((row.function, row.whose), []).extend(row.rights)
    order = list(words().functions)
    lines = []
    for function, whose in sorted(
        cells, key=lambda key: (order.index(key[0]), [OWN, CO, ANY].index(key[1]))
    ):
        rights = [r for r in words().rights if r in cells[function, whose]]
        said = _TEXTS["separator"].join(words().rights[r].title for r in rights)
        kind = words().functions[function].kind
        owner = _TEXTS["owners"][whose] if kind == "department" else _TEXTS["all"]
        lines.append(f"| {words().functions[function].title} | {owner} | {said} |\n")
    return lines


def _site(table: Matrix) -> list[str]:
    text = _TEXTS
    return [
        f"\n## {text['site']}\n\n| {text['function']} | {text['whose']} | "
        f"{text['rights']} |\n|---|---|---|\n",
        *_table(table.rows_for(SITE)),
    ]


def _platform(table: Matrix) -> list[str]:
    text = _TEXTS
    lines = [
        f"\n## {text['platform']}\n\n| {text['right']} | {text['permissions']} |\n"
    ]
    lines.append("|---|---|\n")
    for right in words().rights.values():
        names = text["separator"].join(f"`{p}`" for p in right.permissions)
        lines.append(f"| {right.title} | {names} |\n")
    closed = text["separator"].join(f"`{p}`" for p in table.words.closed)
    lines.append(f"\n{text['closed']}{closed}\n")
    return lines


def files(root: Path) -> dict[Path, str]:
    """Every file that is written from the matrix, and what has to stand in it."""
    profile = root / "profiles" / "default"
    made = {
        profile / "rolemap.xml": rolemap(),
        root / "docs" / "permissions.md": page(),
    }
    for name in {name for name, _states in workflows().values()}:
        path = profile / "workflows" / name / "definition.xml"
        made[path] = workflow(name, path.read_text("utf-8"))
    return made


def main(root: Path) -> None:
    """Write them."""
    for path, text in files(root).items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
