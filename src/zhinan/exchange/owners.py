"""The department that a record names: found in the site, or to be created."""

from dataclasses import dataclass
from zhinan.departments import directory
from zhinan.departments.content import PORTAL_TYPE
from zhinan.rules.records import Record

import re


_ORGANISATION = re.compile(r"^[0-9A-Z]{9}$")


@dataclass(frozen=True)
class Owner:
    """What a record names: the code in the site, what is to be created, or why not."""

    code: str = ""
    name: str = ""
    record: Record | None = None
    problem: str = ""


def derived_code(credit_code: str) -> str:
    """Department code from the organisation code inside a credit code, or empty."""
    organisation = credit_code[8:17]
    if len(credit_code) == 18 and _ORGANISATION.match(organisation):
        return f"d{organisation.lower()}"
    return ""


class Owners:
    """The departments of the site and those that an import adds."""

    def __init__(self, create: bool):
        self.create = create
        self.codes: dict[str, str] = {}
        #: code, credit code and name of what was added
        self.added: list[tuple[str, str, str]] = []
        self._by_credit: dict[str, str] = {}
        self._by_name: dict[str, str] = {}
        self._read()

    def _read(self) -> None:
        for entry in directory.entries().values():
            self.keep(entry.code, entry.credit_code, entry.title)
            self._by_name.setdefault(entry.short_name, entry.code)

    def reread(self) -> None:
        """Know only what the site has now: what was added has been taken back."""
        directory.forget()
        for known in (self.codes, self._by_credit, self._by_name, self.added):
            known.clear()
        self._read()

    def keep(self, code: str, credit_code: str, title: str) -> None:
        """Know a department."""
        self.codes[code] = title
        if credit_code:
            self._by_credit.setdefault(credit_code, code)
        if title:
            self._by_name.setdefault(title, code)

    def add(self, code: str, record: Record) -> None:
        """A department that will be there."""
        values = record.values
        known = (code, values.get("credit_code") or "", values.get("title") or "")
        self.keep(*known)
        self.added.append(known)

    def code_of(self, record: Record) -> str:
        """Code of a record's department, or empty."""
        # An older file may name a department that was merged or renamed since.
        given = directory.resolve(record.values.get("department"))
        if isinstance(given, str) and given in self.codes:
            return given
        return (
            self._by_credit.get(record.owner_credit_code)
            or self._by_name.get(record.owner_name)
            or (self._by_name.get(given, "") if isinstance(given, str) else "")
        )

    def find(self, record: Record) -> Owner | None:
        """The owner that a record names; None if it names none."""
        given = record.values.get("department")
        name = record.owner_name or (given if isinstance(given, str) else "")
        name = name or record.owner_credit_code
        if not name:
            return None
        code = self.code_of(record)
        if code:
            return Owner(code, name)
        known = record.owner_name and record.owner_credit_code
        if not (self.create and known):
            return Owner(name=name, problem="import_department_unknown")
        code = derived_code(record.owner_credit_code)
        if not code or code in self.codes:
            return Owner(name=name, problem="import_department_code")
        values = {
            "title": record.owner_name,
            "short_name": record.owner_name[:40],
            "code": code,
            "credit_code": record.owner_credit_code,
        }
        made = Record(PORTAL_TYPE, code, record.place, values=values)
        return Owner(code, name, made)
