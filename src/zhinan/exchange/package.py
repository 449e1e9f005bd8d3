"""Our own documents: ``zhinan.json``, alone or with the files in a ZIP package.

The shape stands in ``rules/interchange.py``; docs/exchange.md is its manual. Writers
take one record after the other and keep none; a reader believes nothing that a
package says of itself: names, sizes and checksums are compared with the bytes.
"""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import AbstractContextManager
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from typing import BinaryIO
from zhinan.documents.package import EPOCH
from zhinan.rules.codes import Problem
from zhinan.rules.interchange import FORMAT
from zhinan.rules.interchange import from_json
from zhinan.rules.interchange import Kind
from zhinan.rules.interchange import kinds
from zhinan.rules.interchange import problem
from zhinan.rules.interchange import record_key
from zhinan.rules.interchange import register_type
from zhinan.rules.interchange import shorten
from zhinan.rules.interchange import states
from zhinan.rules.interchange import to_json
from zhinan.rules.interchange import VERSION
from zhinan.rules.records import Finding
from zhinan.rules.records import Place
from zhinan.rules.records import Record
from zhinan.rules.records import SourceFile
from zhinan.rules.records import SourceRefused
from zhinan.rules.registers import registers

import datetime
import json
import re
import zipfile


DOCUMENT = "zhinan.json"
JSON = "application/json"
ZIP = "application/zip"
#: Bounds of what is read: the document, one file, everything unpacked, entries.
DOCUMENT_LIMIT = 64 * 1024**2
FILE_LIMIT = 200 * 1024**2
PACKAGE_LIMIT = 8 * 1024**3
ENTRY_LIMIT = 200_000
_CHUNK = 1 << 20
_UID = re.compile(r"^[0-9a-f]{32}$")
_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$")
_FILE = re.compile(r"^files/([0-9a-f]{64})/[^/\\]+$")
#: Files that are compressed already.
_PACKED = re.compile(r"\.(docx|xlsx|pptx|ofd|pdf|zip|png|jpe?g)$", re.I)

Opener = Callable[[SourceFile], AbstractContextManager[BinaryIO]]


def refuse(id: str, **values: object) -> SourceRefused:
    """The refusal of a whole source."""
    return SourceRefused(problem("", id, **values))


# ------------------------------------------------------------------------ writing


def as_json(record: Record, paths: bool = True) -> dict[str, Any]:
    """A record with everything in it as the document holds it.

    ``paths`` tells where files stand in a package; a document alone has no files.
    """
    kind = kinds()[record.portal_type]
    found: dict[str, Any] = {"type": record.portal_type, "key": record.key}
    for name in ("id", "uid", "state"):
        if getattr(record, name):
            found[name] = getattr(record, name)
    found["elements"] = elements = {
        element.name: to_json(element, record.values[element.name])
        for element in kind.elements
        if element.name in record.values
    }
    if not paths:
        for element in kind.elements:
            if element.kind == "file" and elements.get(element.name):
                elements[element.name]["path"] = None
    if kind.children and record.children is not None:
        found[kind.children_key] = [as_json(child, paths) for child in record.children]
    return found


def files_of(record: Record) -> Iterator[SourceFile]:
    """The files of a record and of everything in it."""
    for value in record.values.values():
        if isinstance(value, SourceFile):
            yield value
    for child in record.children or ():
        yield from files_of(child)


def _section(portal_type: str) -> tuple[int, str]:
    """Place and key of the list that holds objects of this type."""
    if portal_type == "Department":
        return 0, "departments"
    if portal_type == "MatterGuide":
        return 1, "guides"
    names = [register_type(name) for name in registers()]
    number = names.index(portal_type)
    return 2 + number, list(registers())[number]


class JsonWriter:
    """Writes a document, record by record: departments, guides, then registers."""

    def __init__(
        self, path: Path, site: str, moment: datetime.datetime, paths: bool = False
    ):
        self._out = path.open("wb")
        self._paths = paths
        self._current: int | None = None
        head = {
            "format": FORMAT,
            "version": VERSION,
            "exported": moment.isoformat(timespec="seconds"),
            "site": site,
        }
        self._write(json.dumps(head, ensure_ascii=False, indent=1)[:-2])

    def _write(self, text: str) -> None:
        self._out.write(text.encode())

    def add(self, record: Record, open_file: Opener | None = None) -> None:
        """Write one record; ValueError if one of a later list stands already."""
        number, name = _section(record.portal_type)
        if number != self._current:
            if self._current is not None:
                if number < self._current:
                    raise ValueError(f"{record.portal_type} comes too late")
                self._write("\n]")
            if number >= 2 and (self._current or 0) < 2:
                self._write(',\n"registers": {')
                separator = "\n"
            else:
                separator = ",\n"
            self._write(f'{separator}"{name}": [\n')
            self._current = number
        else:
            self._write(",\n")
        self._write(json.dumps(as_json(record, self._paths), ensure_ascii=False))

    def close(self) -> None:
        """Write the end."""
        if self._current is not None:
            self._write("\n]" + ("}" if self._current >= 2 else ""))
        self._write("\n}\n")
        self._out.close()

    def abort(self) -> None:
        """Let go of the file as it stands."""
        self._out.close()


class PackageWriter:
    """Writes a ZIP package: the files as they come, the document at the end."""

    def __init__(self, path: Path, site: str, moment: datetime.datetime):
        self._archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self._document = path.with_name(path.name + ".json")
        self._json = JsonWriter(self._document, site, moment, paths=True)
        self._moment = max(moment.replace(tzinfo=None), EPOCH)
        self._written: set[str] = set()

    def add(self, record: Record, open_file: Opener) -> None:
        """Write one record and its files; each file once."""
        for file in files_of(record):
            if file.path and file.path not in self._written:
                self._written.add(file.path)
                packed = _PACKED.search(file.filename)
                info = self._info(
                    file.path, zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
                )
                info.file_size = file.size
                with open_file(file) as source, self._archive.open(info, "w") as out:
                    while chunk := source.read(_CHUNK):
                        out.write(chunk)
        self._json.add(record)

    def _info(self, name: str, compression: int) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, self._moment.timetuple()[:6])
        info.compress_type = compression
        info.create_system = 3
        info.external_attr = 0o644 << 16
        return info

    def close(self) -> None:
        """Write the document."""
        self._json.close()
        info = self._info(DOCUMENT, zipfile.ZIP_DEFLATED)
        info.file_size = self._document.stat().st_size
        with (
            self._document.open("rb") as source,
            self._archive.open(info, "w") as out,
        ):
            while chunk := source.read(_CHUNK):
                out.write(chunk)
        self._archive.close()
        self._document.unlink()

    def abort(self) -> None:
        """Let go of the files as they stand."""
        self._json.abort()
        self._document.unlink(missing_ok=True)
        with suppress(ValueError):
            self._archive.close()


# ------------------------------------------------------------------------ reading


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise refuse("json_doubled", name=shorten(double))
    return found


def _no_constant(text: str) -> Any:
    raise refuse("json_constant", value=text)


def parse(data: bytes) -> dict[str, Any]:
    """The document; SourceRefused says in one sentence why it is none of ours."""
    if len(data) > DOCUMENT_LIMIT:
        raise refuse("source_too_large", size=_mb(len(data)), limit=_mb(DOCUMENT_LIMIT))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse(
            "json_encoding", line=data[: error.start].count(b"\n") + 1
        ) from error
    try:
        found = json.loads(
            text, object_pairs_hook=_no_doubles, parse_constant=_no_constant
        )
    except json.JSONDecodeError as error:
        raise refuse("json_broken", line=error.lineno, column=error.colno) from error
    except RecursionError as error:
        raise refuse("json_deep") from error
    except ValueError as error:
        # Python refuses whole numbers of thousands of digits.
        raise refuse("json_broken", line=1, column=1) from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise refuse("json_format")
    version = found.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise refuse("json_format")
    if version > VERSION:
        raise refuse("json_version", version=version, known=VERSION)
    for name in ("departments", "guides"):
        if not isinstance(found.get(name, []), list):
            raise refuse("json_list", name=name)
    kept = found.get("registers", {})
    if not isinstance(kept, dict):
        raise refuse("json_list", name="registers")
    for name, entries in kept.items():
        if not isinstance(entries, list):
            raise refuse("json_list", name=shorten(name))
    return found


def _mb(size: int) -> str:
    return f"{size / 1024**2:.0f} MB"


class _Reader:
    """Makes records of a document; ``line`` of a place counts its objects."""

    def __init__(self, check_file: Callable[[SourceFile], str | None] | None = None):
        self._check_file = check_file
        self._uids: set[str] = set()
        self._count = 0

    def records(self, document: dict[str, Any]) -> Iterator[Record]:
        """All records, in the order of the document's parts."""
        unknown = [
            name
            for name in document
            if name
            not in {
                "format",
                "version",
                "exported",
                "site",
                "departments",
                "guides",
                "registers",
            }
        ]
        kept = document.get("registers", {})
        unknown += [name for name in kept if name not in registers()]
        if unknown:
            findings = [
                Finding(Place(), problem("", "field_unknown", name=shorten(name)))
                for name in unknown
            ]
            yield Record("", "", Place(), findings=findings)
        yield from self._list(document.get("departments", []), "Department")
        yield from self._list(document.get("guides", []), "MatterGuide")
        for name in registers():
            yield from self._list(kept.get(name, []), register_type(name))

    def _list(self, items: list[Any], portal_type: str) -> Iterator[Record]:
        keys: set[str] = set()
        for item in items:
            self._count += 1
            yield self._record(item, portal_type, keys)

    def _record(self, item: Any, portal_type: str, keys: set[str]) -> Record:
        kind = kinds()[portal_type]
        place = Place(line=self._count)
        record = Record(portal_type, "", place)

        def find(id: str, field: str = "", refused: bool = False, **v: object) -> None:
            record.findings.append(Finding(place, problem(field, id, **v), "", refused))

        given = item.get("elements") if isinstance(item, dict) else None
        if not isinstance(given, dict) or item.get("type", portal_type) != portal_type:
            find("json_object", refused=True, type=portal_type)
            return record
        known = {"type", "key", "id", "uid", "state", "elements", kind.children_key}
        for name in item:
            if name not in known:
                find("field_unknown", name=shorten(name))
        self._values(record, kind, given)
        for name, pattern in (("uid", _UID), ("id", _ID)):
            value = item.get(name) or ""
            if value and not (isinstance(value, str) and pattern.match(value)):
                find("wrong_type", name, kind="line")
            else:
                setattr(record, name, value)
        state = item.get("state") or ""
        if state and (not isinstance(state, str) or state not in states()):
            find("state_unknown", "state", value=shorten(str(state)))
        else:
            record.state = state
        key = item.get("key")
        record.key = (
            key if isinstance(key, str) and key else record_key(kind, record.values)
        )
        if record.key in keys:
            find("key_doubled", refused=True, key=shorten(record.key))
        keys.add(record.key)
        if record.uid:
            if record.uid in self._uids:
                find("uid_doubled", refused=True, uid=record.uid)
            self._uids.add(record.uid)
        inside = item.get(kind.children_key) if kind.children else None
        if isinstance(inside, list):
            below: set[str] = set()
            record.children = [self._record(i, kind.children, below) for i in inside]
        elif inside is not None:
            find("wrong_type", kind.children_key, kind="rows")
        return record

    def _file(self, name: str, file: SourceFile) -> tuple[SourceFile, Problem | None]:
        """A file as its package has it; a document alone has no bytes."""
        if self._check_file is None:
            return replace(file, path=""), None
        wrong = self._check_file(file)
        return file, problem(name, wrong, name=file.filename) if wrong else None

    def _values(self, record: Record, kind: Kind, given: dict[str, Any]) -> None:
        for name, raw in given.items():
            element = kind.element(name)
            if element is None:
                wrong = problem(shorten(name), "field_unknown", name=shorten(name))
            else:
                value, wrong = from_json(element, raw)
                if isinstance(value, SourceFile):
                    value, wrong = self._file(name, value)
                if wrong is None:
                    record.values[name] = value
                    continue
            text = json.dumps(raw, ensure_ascii=False)
            record.findings.append(Finding(record.place, wrong, shorten(text, 200)))


def read_json(data: bytes) -> Iterator[Record]:
    """The records of a document without files.

    Files are told by name and checksum; their ``path`` is empty.

    :raises SourceRefused: at once, if it cannot be read as a whole.
    """
    return _Reader().records(parse(data))


class Package:
    """A ZIP package while it is read.

    :raises SourceRefused: if it cannot be read as a whole.
    """

    def __init__(self, source: bytes | Path):
        data = BytesIO(source) if isinstance(source, bytes) else source
        try:
            self._archive = zipfile.ZipFile(data)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise refuse("source_truncated") from error
        self._entries: dict[str, zipfile.ZipInfo] = {}
        self._checked: dict[str, str | None] = {}
        try:
            self._look_over()
        except BaseException:
            self._archive.close()
            raise

    def _look_over(self) -> None:
        infos = self._archive.infolist()
        if len(infos) > ENTRY_LIMIT:
            raise refuse("package_entries", number=len(infos), limit=ENTRY_LIMIT)
        if sum(info.file_size for info in infos) > PACKAGE_LIMIT:
            raise refuse("source_bomb", limit=_mb(PACKAGE_LIMIT))
        for info in infos:
            name = info.filename
            parts = re.split(r"[/\\]", name)
            if name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]:
                raise refuse("package_path", name=shorten(name))
            if name in self._entries:
                raise refuse("package_doubled", name=shorten(name))
            if info.flag_bits & 1:
                raise refuse("source_encrypted")
            self._entries[name] = info
        if DOCUMENT not in self._entries:
            raise refuse("package_no_document", name=DOCUMENT)
        if self._entries[DOCUMENT].file_size > DOCUMENT_LIMIT:
            size = _mb(self._entries[DOCUMENT].file_size)
            raise refuse("source_too_large", size=size, limit=_mb(DOCUMENT_LIMIT))
        self._document = parse(self._read(DOCUMENT))

    def _read(self, name: str) -> bytes:
        try:
            return self._archive.read(name)
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError) as error:
            raise refuse("source_truncated") from error
        except Exception as error:
            # zlib.error and lzma's own errors share no base class.
            raise refuse("source_truncated") from error

    def records(self) -> Iterator[Record]:
        """The records; each file has been compared with its size and checksum."""
        return _Reader(self._check).records(self._document)

    def open(self, file: SourceFile) -> AbstractContextManager[BinaryIO]:
        """The bytes of a file that a record of this package names."""
        return self._archive.open(self._entries[file.path])

    def read(self, file: SourceFile) -> bytes:
        """The bytes of a file, compared again; SourceRefused if they differ."""
        with self.open(file) as stream:
            data = stream.read(file.size + 1)
        if len(data) != file.size or sha256(data).hexdigest() != file.sha256:
            raise refuse("file_checksum", name=file.filename)
        return data

    def close(self) -> None:
        """Let go of the package."""
        self._archive.close()

    def __enter__(self) -> "Package":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _check(self, file: SourceFile) -> str | None:
        """Id of what is wrong with a file, or None."""
        match = _FILE.match(file.path)
        if match is None or match[1] != file.sha256 or file.path not in self._entries:
            return "file_missing"
        info = self._entries[file.path]
        if info.file_size > FILE_LIMIT:
            return "file_too_large"
        if info.file_size != file.size:
            return "file_checksum"
        if file.path not in self._checked:
            self._checked[file.path] = self._compare(file)
        return self._checked[file.path]

    def _compare(self, file: SourceFile) -> str | None:
        digest = sha256()
        try:
            with self.open(file) as stream:
                while chunk := stream.read(_CHUNK):
                    digest.update(chunk)
        except Exception:
            # Whatever the unpacker meets, the file is not what the document says.
            return "file_checksum"
        return None if digest.hexdigest() == file.sha256 else "file_checksum"


__all__ = [
    "DOCUMENT",
    "JSON",
    "ZIP",
    "JsonWriter",
    "Opener",
    "Package",
    "PackageWriter",
    "as_json",
    "files_of",
    "parse",
    "read_json",
    "refuse",
]
