"""Build the content tree that a new site imports, from the hand-written sources.

``python content/sources/build.py`` writes the tree of plone.exportimport beside this
folder; ``--check`` writes nothing and ends with status 1 if the tree is not what the
sources give. The same sources give the same tree: identifiers come from paths, dates
from the sources, and a Word file is only written anew if something in it is new.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from easyform_item import easyform_item
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any
from zhinan.documents.forms import blank_form
from zhinan.documents.forms import filled_sample
from zhinan.documents.forms import Form
from zhinan.documents.forms import previous_form
from zhinan.documents.names import form_filename
from zhinan.documents.names import safe_name
from zhinan.documents.official import Block
from zhinan.documents.official import official_text
from zhinan.documents.words import date_text
from zhinan.rules.elements import Element
from zhinan.rules.elements import elements
from zhinan.rules.registers import registers as tables

import argparse
import catalogue_items
import datetime
import entries
import json
import shutil
import sources
import sys
import uuid
import yaml
import zipfile


ROOT = sources.HERE.parent
CONTENT = "content"
WORKFLOW = "zhinan_content_workflow"
GUIDE_WORKFLOW = "zhinan_guide_workflow"
FOLDER_WORKFLOW = "simple_publication_workflow"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: The day of what has no day of its own: folders, departments, undated documents.
FIRST_DAY = datetime.date(2026, 9, 1)
#: Content types of the registers, as zhinan.registers.entries has them.
TYPES = {
    "cancelled_proof": "CancelledProof",
    "intermediary_service": "IntermediaryService",
    "legal_basis": "LegalBasis",
}
ACTOR = "zhinan"
COMMENT = "演示内容，随网站一同建立，未经人工审核发布流程。"
FOLDERS = (
    ("guides", "办事指南", "各部门政务服务事项的办事指南、空白表格和示例样表。"),
    ("departments", "部门", "实施政务服务事项的部门，及其地址、电话和职责。"),
    ("policies", "政策文件", "深化“放管服”改革的工作方案和实施方案。"),
)
#: Files of the tree that hold nothing here; the importer reads each of them.
EMPTY: dict[str, Any] = {
    "principals.json": {"groups": [], "members": []},
    "relations.json": [],
    "redirects.json": {},
    "translations.json": [],
    "discussions.json": {},
    "portlets.json": [],
}


class SourceError(Exception):
    """The sources have mistakes; one line each."""


@dataclass
class Tree:
    """The files of the tree by their path below ``content/``."""

    files: dict[str, bytes] = field(default_factory=dict)
    data_files: list[str] = field(default_factory=list)
    blob_files: list[str] = field(default_factory=list)
    ordering: dict[str, int] = field(default_factory=dict)
    children: dict[str, int] = field(default_factory=dict)

    def blob(
        self, path: str, name: str, filename: str, data: bytes, content_type: str = DOCX
    ) -> dict[str, Any]:
        """Add a file of the object at ``path`` and return what stands in its data.

        On disk it has a plain name, for tools that stumble over Chinese ones.
        """
        blob_path = f"{uid(path)}/{name}"
        self.files[f"{CONTENT}/{blob_path}"] = data
        self.blob_files.append(blob_path)
        return {
            "blob_path": blob_path,
            "content-type": content_type,
            "filename": filename,
        }

    def add(
        self,
        path: str,
        portal_type: str,
        values: dict[str, Any],
        day: datetime.date,
        workflow: str = "",
        state: str = "published",
    ) -> None:
        """Add an object; parents come before their children, siblings in order."""
        parent, _, name = path.rpartition("/")
        identifier, moment = uid(path), _moment(day)
        data: dict[str, Any] = {
            "@id": path,
            "@type": portal_type,
            "UID": identifier,
            "created": moment,
            "effective": moment,
            "id": name,
            "language": "zh-cn",
            "modified": moment,
            **values,
        }
        if workflow:
            data["review_state"] = state
            data["workflow_history"] = {
                workflow: [
                    {
                        "action": None,
                        "actor": ACTOR,
                        "comments": COMMENT,
                        "review_state": state,
                        "time": moment,
                    }
                ]
            }
        data_path = f"{identifier}/data.json"
        if f"{CONTENT}/{data_path}" in self.files:
            raise SourceError(f"{path}: two objects have this address")
        self.files[f"{CONTENT}/{data_path}"] = _json(data)
        self.data_files.append(data_path)
        self.ordering[identifier] = self.children.get(parent, 0)
        self.children[parent] = self.ordering[identifier] + 1

    def finish(self) -> dict[str, bytes]:
        """All files, with the list of the objects and their order."""
        metadata = {
            "__version__": "1.0.0",
            "_blob_files_": self.blob_files,
            "_data_files_": self.data_files,
            "default_page": {},
            "local_permissions": {},
            "local_roles": {},
            "ordering": self.ordering,
            "relations": [],
        }
        self.files[f"{CONTENT}/__metadata__.json"] = _json(metadata)
        for name, value in EMPTY.items():
            self.files[name] = _json(value)
        return self.files


def uid(path: str) -> str:
    """The identifier of the object with this path, the same in every build."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"https://example.com/zhinan{path}").hex


def _moment(day: datetime.date) -> str:
    return f"{day.isoformat()}T09:00:00+08:00"


def _json(data: Any) -> bytes:
    text = json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True)
    return (text + "\n").encode()


# ------------------------------------------------------------------ values


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def element_values(
    group: tuple[Element, ...], values: dict[str, Any]
) -> dict[str, Any]:
    """The values of these elements as the importer wants them.

    Rows have every column, since a row of the form has them all.
    """
    found: dict[str, Any] = {}
    for element in group:
        value = values.get(element.name)
        if value is None or element.kind in {"materials", "file"}:
            continue
        if element.kind == "rows":
            names = [column.name for column in element.columns]
            value = [{name: _plain(row.get(name)) for name in names} for row in value]
        found[element.name] = _plain(value)
    return found


def _basis(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The legal bases, each article of a law with its text from the corpus."""
    found = []
    for row in rows:
        text, _ = sources.articles().get((row["law"], row.get("article")), (None, None))
        found.append({**row, "text": text or row.get("text")})
    return found


# ------------------------------------------------------------------ objects


def _departments(tree: Tree) -> None:
    names = (
        "title", "description", "short_name", "code", "credit_code", "address",
        "office_hours", "phones", "duties",
    )  # fmt: skip
    for code, row in sources.departments().items():
        values = {name: _plain(row.get(name)) for name in names}
        tree.add(f"/departments/{code}", "Department", values, FIRST_DAY, WORKFLOW)


def _form_version(tree: Tree, base: str, form: Form, successor: Form | None) -> None:
    path = f"{base}/v{form.version.replace('.', '-')}"
    old = form.version if successor else ""
    files = {}
    for name, kind, make in (
        ("blank_form", "blank", blank_form),
        ("filled_sample", "sample", filled_sample),
    ):
        files[name] = tree.blob(
            path,
            f"{name}/{form.number}-{form.version}-{kind}.docx",
            form_filename(form.title, kind, old),
            make(form),
        )
    values = {
        "title": form.title,
        "form_number": form.number,
        "version": form.version,
        "in_force_from": form.in_force_from.isoformat(),
        "in_force_until": _plain(form.in_force_until),
        "superseded_by": successor.version if successor else None,
        **files,
    }
    tree.add(path, "FormVersion", values, form.in_force_from)


def _guide(tree: Tree, source: sources.Source) -> None:
    owner = sources.departments()[source.department]
    values = dict(source.values)
    values["implementation_code"] = sources.implementation_code(
        source.department, values["catalog_code"]
    )
    values["legal_basis"] = _basis(values["legal_basis"])
    day = values["planned_effective"]
    path = f"/guides/{values['catalog_code']}"
    guide = element_values(elements().guide, values)
    tree.add(path, "MatterGuide", guide, day, GUIDE_WORKFLOW)
    for number, material in enumerate(values["materials"], 1):
        base = f"{path}/m{number:02d}"
        rest = element_values(elements().material, material)
        tree.add(base, "Material", rest, day)
        if material.get("form"):
            form = Form.from_mapping(material["form"], owner["title"])
            if older := previous_form(form):
                _form_version(tree, base, older, form)
            _form_version(tree, base, form, None)


def blocks(policy: dict[str, Any]) -> list[Block]:
    """The text of a policy document, block by block."""
    found = []
    for number, item in enumerate(policy["text"], 1):
        (kind, text), *more = item.items()
        if more or kind not in {"h2", "h3", "p"} or not isinstance(text, str):
            raise SourceError(f"{policy['id']}: text[{number}]: {item!r}")
        found.append(Block(kind, text.strip()))
    return found


def _policy(tree: Tree, policy: dict[str, Any]) -> None:
    path = f"/policies/{policy['id']}"
    issued = policy.get("issued")
    day = issued or FIRST_DAY
    text = blocks(policy)
    html = "\n".join(f"<{b.kind}>{escape(b.text, False)}</{b.kind}>" for b in text)
    values = {
        "title": policy["title"],
        "description": _plain(policy.get("summary") or ""),
        "document_number": policy.get("document_number"),
        "issuing_body": policy["issuing_body"],
        "issued": _plain(issued),
        "effect_status": policy["effect_status"],
        "source_note": _plain(policy.get("source_note")),
        "replaces": policy.get("replaces") or [],
        "text": {"content-type": "text/html", "data": html, "encoding": "utf-8"},
    }
    tree.add(path, "PolicyDocument", values, day, WORKFLOW)
    lines = [policy.get("document_number") or "", date_text(issued) if issued else ""]
    data = official_text(
        policy["title"],
        text,
        author=policy["issuing_body"],
        day=day,
        lines=lines,
        note=_plain(policy.get("source_note") or ""),
    )
    file_path = f"{path}/text.docx"
    filename = safe_name(f"{policy['title']}.docx")
    blob = tree.blob(file_path, f"file/{policy['id']}.docx", filename, data)
    tree.add(file_path, "File", {"title": policy["title"], "file": blob}, day)


def policies() -> list[dict[str, Any]]:
    """The policy documents: the work plan first, then its schemes by name."""
    found = [
        yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted((sources.HERE / "policies").glob("*.yaml"))
    ]
    return sorted(found, key=lambda row: ("scheme" in row["id"], row["id"]))


def _registers(tree: Tree) -> None:
    """The folders of the registers that have entries here, and the entries."""
    values = {"title": "清单目录", "description": "证明、中介服务和设定依据的清单。"}
    tree.add("/registers", "Folder", values, FIRST_DAY, FOLDER_WORKFLOW)
    for name in entries.NAMES:
        table = tables()[name]
        folder = f"/registers/{name.replace('_', '-')}"
        values = {"title": table.title, "description": table.summary}
        tree.add(folder, "Folder", values, FIRST_DAY, FOLDER_WORKFLOW)
        for entry in entries.entries(name):
            path = f"{folder}/{entry['id']}"
            values = element_values(table.elements, entry)
            tree.add(path, TYPES[name], values, FIRST_DAY, WORKFLOW)


def _page(tree: Tree, page: dict[str, Any]) -> None:
    """A plain page of the site, such as help."""
    html = "".join(
        _page_block(kind, value) for b in page["text"] for kind, value in b.items()
    )
    text = {"data": html, "content-type": "text/html", "encoding": "utf-8"}
    values = {
        "title": page["title"],
        "description": page["description"],
        "text": text,
        "exclude_from_nav": True,
    }
    tree.add(f"/{page['id']}", "Document", values, FIRST_DAY, FOLDER_WORKFLOW)


def _page_block(kind: str, value: Any) -> str:
    if kind == "list":
        return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in value)}</ul>"
    return f"<{kind}>{escape(value)}</{kind}>"


def settings(site: dict[str, Any]) -> dict[str, str]:
    """Name and wording of the site, as its registry keeps them."""
    footer = site["footer"]
    return {
        "title": site["title"],
        "tagline": site["tagline"],
        "notice": site["demonstration"]["text"],
        "organiser": footer["organiser"],
        "keeper": footer["keeper"],
        "contact": footer["contact"],
        "address": footer["address"],
        "registration": footer["notice"],
    }


def mistakes(found: list[sources.Source]) -> list[str]:
    """Every mistake of these guides, one line each."""
    lines = [
        f"{s.department}/{s.name}: {p}" for s in found for p in sources.problems(s)
    ]
    lines += sources.overlaps(found) + entries.mistakes(found)
    return lines + catalogue_items.mistakes(found)


def build(found: list[sources.Source] | None = None) -> dict[str, bytes]:
    """The whole tree in memory; SourceError if the sources have mistakes."""
    found = sources.guides() if found is None else found
    if lines := mistakes(found):
        raise SourceError("\n".join(lines))
    tree = Tree()
    for name, title, description in FOLDERS:
        values = {"title": title, "description": description}
        tree.add(f"/{name}", "Folder", values, FIRST_DAY, FOLDER_WORKFLOW)
    _departments(tree)
    for policy in policies():
        _policy(tree, policy)
    # A guide's place in the list is that of its code, not of its file's name.
    for source in sorted(found, key=lambda s: s.values["catalog_code"]):
        _guide(tree, source)
    _registers(tree)
    site = yaml.safe_load((sources.HERE / "site.yaml").read_text(encoding="utf-8"))
    for name in ("help", "about"):
        _page(tree, site[name])
    form = yaml.safe_load((sources.HERE / "consultation.yaml").read_text("utf-8"))
    values = easyform_item(form)
    tree.add(f"/{form['id']}", "EasyForm", values, FIRST_DAY, FOLDER_WORKFLOW)
    catalogue_items.add(tree, found)
    return tree.finish() | {
        "settings.json": _json(settings(site)),
        "registers.json": _json(catalogue_items.stores(found, uid, ACTOR)),
    }


# ------------------------------------------------------------------ on disk


def _same(path: Path, data: bytes) -> bool:
    """Whether a file holds this already.

    Word files are compared by their members: another release of the compression
    library gives other bytes for the same document.
    """
    if not path.is_file():
        return False
    there = path.read_bytes()
    if there == data or path.suffix != ".docx":
        return there == data
    try:
        return _members(there) == _members(data)
    except zipfile.BadZipFile:
        return False


def _members(data: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def _present(root: Path) -> Iterator[str]:
    for path in sorted((root / CONTENT).rglob("*")):
        if path.is_file():
            yield path.relative_to(root).as_posix()


def differences(
    tree: dict[str, bytes], root: Path = ROOT
) -> tuple[list[str], list[str]]:
    """Files that have to be written, and files that have to go."""
    write = [name for name, data in tree.items() if not _same(root / name, data)]
    stale = [name for name in _present(root) if name not in tree]
    return write, stale


def write(tree: dict[str, bytes], root: Path = ROOT) -> tuple[int, int]:
    """Make the folder hold this tree; how many files were written and removed."""
    new, stale = differences(tree, root)
    for name in new:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(tree[name])
    for name in stale:
        (root / name).unlink()
    kept = {name.split("/")[1] for name in tree if name.startswith(f"{CONTENT}/")}
    for folder in (root / CONTENT).iterdir():
        if folder.is_dir() and folder.name not in kept:
            shutil.rmtree(folder)
    return len(new), len(stale)


def main(arguments: list[str] | None = None) -> int:
    """Build, or check; the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    options = parser.parse_args(arguments)
    try:
        tree = build()
    except (SourceError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    if options.check:
        new, stale = differences(tree)
        for name in new:
            print(f"differs: {name}")
        for name in stale:
            print(f"stale: {name}")
        return bool(new or stale)
    written, removed = write(tree)
    print(f"{len(tree)} files: {written} written, {removed} removed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
