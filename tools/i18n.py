"""Renew the message catalogues: ``python tools/i18n.py``, or ``make i18n``.

Our own domain is collected from the source by i18ndude. The other catalogues fill what
Plone's own Chinese lacks (zope.i18n asks the catalogues of a language in the order of
their registration, and ours comes after Plone's): an entry that Plone has meanwhile
translated itself is taken out, and what is still missing is named. An entry that no
template of messages knows stays: titles of workflows, roles and the catalogue's columns
are looked up without being written down anywhere.
"""

from collections.abc import Iterator
from i18ndude.catalog import MessageCatalog
from i18ndude.catalog import MessageEntry
from i18ndude.catalog import POWriter
from importlib.metadata import distributions
from pathlib import Path

import re
import subprocess
import sys


ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "src" / "zhinan" / "locales"
CHINESE = LOCALES / "zh_CN" / "LC_MESSAGES"
DOMAIN = "zhinan"
SOURCES = ("src/zhinan", "profiles")
_DATES = re.compile(r'^"(?:POT-Creation-Date|PO-Revision-Date): .*\n', re.MULTILINE)


def upstream(domain: str) -> tuple[dict[str, str], dict[str, str]]:
    """What the installed distributions know of a domain.

    :return: message ids with their English, and message ids with their Chinese
    """
    english: dict[str, str] = {}
    chinese: dict[str, str] = {}
    for path in _catalogues(domain):
        for key, entry in MessageCatalog(filename=str(path)).items():
            if path.suffix == ".pot":
                english[key] = entry.getDefault() or key
            elif entry.msgstr and not fuzzy(entry):
                chinese[key] = entry.msgstr
    return english, chinese


def fuzzy(entry: MessageEntry) -> bool:
    """Whether the English changed after the translation: it has to be read again."""
    return any("fuzzy" in comment for comment in entry.comments)


def _catalogues(domain: str) -> Iterator[Path]:
    names = {f"{domain}{part}.pot" for part in ("", "-manual", "-generated")}
    for distribution in distributions():
        for file in distribution.files or ():
            in_chinese = file.name == f"{domain}.po" and "zh_CN" in file.parts
            if in_chinese or (file.name in names and "tests" not in file.parts):
                yield Path(str(distribution.locate_file(file)))


def run(*arguments: str) -> None:
    """Run i18ndude at the top of the checkout.

    :raises SystemExit: if it fails
    """
    command = [sys.executable, "-m", "i18ndude.script", *arguments]
    if subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL).returncode:
        raise SystemExit("i18ndude: " + " ".join(arguments))


def renew_own() -> None:
    """Collect our messages and bring their translations in line."""
    pot = LOCALES / f"{DOMAIN}.pot"
    pos = sorted(LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
    before = {path: path.read_text(encoding="utf-8") for path in (pot, *pos)}
    run("rebuild-pot", "--no-line-numbers", "--pot", str(pot), *SOURCES)
    run("sync", "--pot", str(pot), *map(str, pos))
    for path, text in before.items():
        # A file of which only the date is new would be a change in every branch.
        if _DATES.sub("", path.read_text(encoding="utf-8")) == _DATES.sub("", text):
            path.write_text(text, encoding="utf-8")
    for path in pos:
        if path.parent == CHINESE:
            empty = [
                key
                for key, entry in MessageCatalog(filename=str(path)).items()
                if not entry.msgstr or fuzzy(entry)
            ]
            report(DOMAIN, 0, empty)


def renew_supplement(path: Path) -> None:
    """Take out what Plone says itself by now, and name what nobody says."""
    domain = path.stem
    english, chinese = upstream(domain)
    catalogue = MessageCatalog(filename=str(path))
    gone = [key for key in catalogue if key in chinese]
    for key in gone:
        del catalogue[key]
    if gone:
        with path.open("w", encoding="utf-8") as file:
            POWriter(file, catalogue).write()
    missing = [key for key in english if key not in chinese and key not in catalogue]
    report(domain, len(gone), missing)


def report(domain: str, gone: int, missing: list[str]) -> None:
    """One line for a catalogue; with ``-v`` each message that lacks."""
    print(f"{domain}: {gone} taken out, {len(missing)} not translated")
    if "-v" in sys.argv[1:]:
        for key in missing:
            print("   ", key)


def main() -> None:
    """Renew all catalogues."""
    renew_own()
    for path in sorted(CHINESE.glob("*.po")):
        if path.stem != DOMAIN:
            renew_supplement(path)


if __name__ == "__main__":
    main()
