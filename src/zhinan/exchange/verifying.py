"""Whether what is kept is what was kept: files, catalogue, and the chains of hashes."""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from plone import api
from typing import Any
from zhinan import _
from zhinan.forms.validation import IChecked
from zhinan.guides.content import IFormVersion
from zhinan.guides.files import describe
from zhinan.guides.files import FILE_FIELDS
from zhinan.publishing import verifying as editions
from zhinan.publishing.store import peek
from zhinan.registers import releases
from zhinan.rules.releases import Broken
from zhinan.trail import verifying as trail
from zope.i18n import translate
from zope.i18nmessageid import Message

import hashlib
import zlib


#: Objects after which memory is given back.
_BREATH = 200
LANGUAGE = "zh_CN"


@dataclass
class Found:
    """What was looked at, and what is wrong, in sentences."""

    objects: int = 0
    files: int = 0
    problems: list[str] = field(default_factory=list)

    def say(self, message: Message) -> None:
        """Write a problem down."""
        self.problems.append(translate(message, target_language=LANGUAGE))


def verify(site: Any) -> Found:
    """Look at every object of our types and at every store; writes nothing."""
    found = Found()
    for path, obj in _objects(site, found):
        found.objects += 1
        if IFormVersion.providedBy(obj):
            _files(path, obj, found)
        if found.objects % _BREATH == 0:
            site._p_jar.cacheGC()
    _releases(found)
    _revisions(site, found)
    _editions(site, found)
    _trail(site, found)
    return found


def _objects(site: Any, found: Found) -> Iterator[tuple[str, Any]]:
    catalog = api.portal.get_tool("portal_catalog")
    for brain in catalog.unrestrictedSearchResults(
        object_provides=IChecked.__identifier__, sort_on="path"
    ):
        path = brain.getPath()
        obj = site.unrestrictedTraverse(path, None)
        # A name that is gone is found in the container above by acquisition.
        if obj is None or "/".join(obj.getPhysicalPath()) != path:
            found.say(
                _(
                    "verify_no_object",
                    default="The catalogue lists ${path}, where nothing is.",
                    mapping={"path": path},
                )
            )
        elif obj.UID() != brain.UID:
            found.say(
                _(
                    "verify_uid",
                    default="The catalogue knows ${path} by another UID.",
                    mapping={"path": path},
                )
            )
        else:
            yield path, obj


def _files(path: str, obj: Any, found: Found) -> None:
    """Each file is there and has the checksum that was kept when it came."""
    for name in FILE_FIELDS:
        value, kept = getattr(obj, name, None), (obj.files or {}).get(name)
        if value is None:
            continue
        found.files += 1
        try:
            now = describe(value)
        except (OSError, KeyError):
            now = None
        if now is None or kept is None or now["sha256"] != kept["sha256"]:
            found.say(
                _(
                    "verify_file",
                    default="The file ${name} of ${path} is missing or was changed.",
                    mapping={"name": value.filename or name, "path": path},
                )
            )


def _releases(found: Found) -> None:
    """Each release of the catalogue has its hash, and names that of the one before."""
    before = ""
    for release in sorted(releases.releases(), key=lambda one: one.number):
        found.objects += 1
        try:
            whole = bool(release.text) and release.head.previous == before
        except Broken:
            whole = False
        if not whole:
            found.say(
                _(
                    "verify_release",
                    default="Release ${number} of the catalogue was changed.",
                    mapping={"number": str(release.number)},
                )
            )
        before = release.sha256


def _revisions(site: Any, found: Found) -> None:
    """Every kept text of a revision has its checksum; sequence numbers are whole."""
    outbox = peek(site)
    for checksum, kept in outbox.texts.items():
        found.objects += 1
        try:
            now = hashlib.sha256(zlib.decompress(kept.data)).hexdigest()
        except zlib.error:
            now = ""
        if now != checksum:
            found.say(
                _(
                    "verify_revision",
                    default="The text of the revision ${hash} was changed.",
                    mapping={"hash": checksum[:8]},
                )
            )
    if list(outbox.lines) != list(range(1, outbox.latest + 1)):
        found.say(
            _("verify_outbox", default="The sequence of changes for channels has gaps.")
        )


def _editions(site: Any, found: Found) -> None:
    """Each edition is as it was frozen, and its files are there."""
    looked = editions.verify(site)
    found.objects += looked.editions
    found.problems += [fault.sentence() for fault in looked.faults]


def _trail(site: Any, found: Found) -> None:
    """The trail is as it was written, as far as the anchors that are here can tell."""
    looked = trail.verify(site)
    found.objects += looked.entries + looked.events
    found.problems += looked.sentences()
