"""The catalogue of matters, seals and authorisations of the demonstration content."""

from collections.abc import Callable
from typing import Any
from zhinan.rules import releases
from zhinan.rules.elements import Element
from zhinan.rules.registers import entry_problems
from zhinan.rules.registers import registers

import datetime
import sources
import yaml


FOLDER = sources.HERE / "catalogue"
WORKFLOW = "zhinan_content_workflow"
INTERNAL = "zhinan_internal_workflow"
CATALOGUE = "/registers/catalogue-entry"
PUBLICATION = "simple_publication_workflow"
#: The folders of these registers with their states: two are for the staff alone.
FOLDERS = {
    "catalogue_entry": "published",
    "approval_seal": "private",
    "authorisation": "private",
}
VISITS = {0: "none", 1: "once"}
#: What an entry takes over from its guide as it is.
SHARED = (
    "title", "catalog_code", "matter_type", "department", "service_targets",
    "handling_type", "statutory_limit", "statutory_unit", "promised_limit",
    "promised_unit", "in_hall",
)  # fmt: skip


def _read(name: str) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date) else value


def _elements(register: str) -> tuple[Element, ...]:
    return registers()[register].elements


def entries(guides: list[sources.Source]) -> list[dict[str, Any]]:
    """Every entry of the catalogue, by basic code."""
    rules = _read("matters.yaml")
    found = list(rules["without_guide"])
    for source in guides:
        guide = source.values
        code = guide["catalog_code"]
        entry = {name: guide[name] for name in SHARED if guide.get(name) is not None}
        entry["exercise_levels"] = [guide["exercise_level"]]
        entry["visit_promise"] = VISITS.get(guide["visits"], "more")
        entry["entrusted"] = code in rules["entrusted"]
        entry["delegated"] = code in rules["delegated"]
        if entry["delegated"]:
            entry["delegation_note"] = rules["delegated"][code]
        if code in rules["parents"]:
            entry["parent_code"] = rules["parents"][code]
        found.append({**entry, **rules["different"].get(code, {})})
    return sorted(found, key=releases.order)


def add(tree: Any, guides: list[sources.Source]) -> None:
    """Add all objects to the tree, each below the folder of its register."""
    rows = _read("releases.yaml")
    day = rows["second"]["date"]
    for name, state in FOLDERS.items():
        table = registers()[name]
        tree.add(
            f"/registers/{name.replace('_', '-')}",
            "Folder",
            {"title": table.title, "description": table.summary},
            rows["first"]["date"],
            PUBLICATION,
            state,
        )
    for entry in entries(guides):
        path = f"{CATALOGUE}/{entry['catalog_code']}"
        tree.add(path, "CatalogueEntry", entry, day, WORKFLOW)
    papers = _read("papers.yaml")
    for kind, folder, portal_type, name, register in (
        ("seals", "approval-seal", "ApprovalSeal", "impression", "approval_seal"),
        ("authorisations", "authorisation", "Authorisation", "paper", "authorisation"),
    ):
        for row in papers[kind]:
            path = f"/registers/{folder}/{row['id']}"
            values = {
                element.name: _plain(row[element.name])
                for element in _elements(register)
                if row.get(element.name) is not None
            }
            values[name] = tree.blob(
                path,
                f"{name}/{row['id']}.png",
                f"{row['title']}.png",
                (FOLDER / f"{name}.png").read_bytes(),
                "image/png",
            )
            state = row.get("state", "in_force")
            tree.add(path, portal_type, values, row["valid_from"], INTERNAL, state)


def mistakes(guides: list[sources.Source]) -> list[str]:
    """What contradicts itself in these sources, one line each."""
    papers, known = _read("papers.yaml"), entries(guides)
    groups = {
        "catalogue_entry": known,
        "approval_seal": papers["seals"],
        "authorisation": papers["authorisations"],
    }
    lines = [
        f"{row['title']}: {problem.field} {problem.id} {problem.mapping}"
        for name, rows in groups.items()
        for row in rows
        for problem in entry_problems(name, row)
    ]
    codes = {entry["catalog_code"] for entry in known}
    lines += [
        f"{row['title']}: 目录中没有 {code}"
        for row in papers["authorisations"]
        for code in row["matter_codes"]
        if code not in codes
    ]
    return lines


def stores(
    guides: list[sources.Source], uid: Callable[[str], str], actor: str
) -> dict[str, Any]:
    """The releases and the records of use, as a site keeps them beside its content."""
    return {
        "version": 1,
        "releases": [
            {"text": text, "person": actor} for text in release_texts(guides, uid)
        ],
        "seal_uses": _uses(uid, actor),
    }


def release_texts(guides: list[sources.Source], uid: Callable[[str], str]) -> list[str]:
    """The texts of both releases."""
    now = entries(guides)
    rows = _read("releases.yaml")
    first, second = rows["first"], rows["second"]
    then = [
        {**entry, **first["said"].get(entry["catalog_code"], {})}
        for entry in now
        if entry["catalog_code"] not in first["without"]
    ]
    texts: list[str] = []
    for number, (row, found) in enumerate(
        ((first, [*then, *first["removed"]]), (second, now)), 1
    ):
        head = releases.Head(
            number=number,
            title=row["title"],
            date=row["date"].isoformat(),
            document_number=row["document_number"],
            note=row["note"],
            released_at=f"{row['date'].isoformat()}T09:00:00+08:00",
            previous=releases.digest(texts[-1]) if texts else "",
        )
        texts.append(
            releases.write(
                head,
                [
                    releases.frozen(e, uid(f"{CATALOGUE}/{e['catalog_code']}"))
                    for e in found
                ],
            )
        )
    return texts


def _uses(uid: Callable[[str], str], actor: str) -> dict[str, Any]:
    found = {}
    for name, rows in _read("papers.yaml")["uses"].items():
        found[uid(f"/registers/approval-seal/{name}")] = [
            {
                "number": number,
                "written": f"{row['day'].isoformat()}T10:00:00+08:00",
                "person": actor,
                "name": row["name"],
                "day": row["day"].isoformat(),
                "matter": row["matter"],
                "impressions": row["impressions"],
                "note": row.get("note", ""),
                "corrects": row.get("corrects", 0),
            }
            for number, row in enumerate(rows, 1)
        ]
    return found
