"""The releases of the matter catalogue: kept for good, beside the content.

The working list is content and changes; a release is what it said on a day. Releases
stand in an annotation of the site and not in an object, so that editing, deleting or
taking back an entry touches none of them. There is no way to change or remove one.
"""

from . import directory
from BTrees.IOBTree import IOBTree
from collections.abc import Iterator
from collections.abc import Mapping
from persistent import Persistent
from plone import api
from typing import Any
from zExceptions import Unauthorized
from zhinan import _
from zhinan.registers.clock import now
from zhinan.registers.clock import today
from zhinan.rules import releases as rules
from zhinan.rules.codes import Problem
from zhinan.trail.acts import record
from zope.annotation.interfaces import IAnnotations
from zope.i18nmessageid import Message

import datetime


KEY = "zhinan.registers.releases"
REGISTER = rules.REGISTER
#: Who may release; asked of the site, since a release is the whole city's.
PERMISSION = "Review portal content"
#: Who may prepare one.
PREPARE = "Zhinan: Add Register entry"
#: Characters of a title, a number and a note.
LONGEST = {"title": 200, "document_number": 100, "note": 2000}

MESSAGES = {
    "release_title": _("release_title", default="Give the release a title."),
    "release_long": _(
        "release_long", default="Too long: at most ${longest} characters."
    ),
    "release_date": _(
        "release_date", default="Enter the date of the release, such as 2026-09-01."
    ),
    "release_before": _(
        "release_before",
        default="The last release is dated ${date}. Choose that day or a later one.",
    ),
    "release_future": _(
        "release_future", default="The date lies ahead. Release it on that day."
    ),
    "release_empty": _(
        "release_empty",
        default="No entry of the catalogue is published yet, so there is nothing to "
        "release. Publish entries first.",
    ),
    "release_moved": _(
        "release_moved",
        default="Somebody has released the catalogue in the meantime. Look at the "
        "changes again before you release it.",
    ),
    "release_changed": _(
        "release_changed",
        default="Entries have changed since you looked at the preview. Look at it "
        "again before you release it.",
    ),
}


class Refused(ValueError):
    """A release that cannot be made; ``problem`` says why."""

    def __init__(self, problem: Problem):
        super().__init__(problem.id)
        self.problem = problem

    @property
    def sentence(self) -> Message:
        """What a person reads."""
        return Message(MESSAGES[self.problem.id], mapping=self.problem.mapping)


class Text(Persistent):
    """The text of a release, apart from its head: lists of releases load no text."""

    def __init__(self, value: str):
        self.value = value


class Release(Persistent):
    """One release; its attributes can be set once."""

    def __init__(self, text: str, person: str = ""):
        head, entries = rules.read(text)
        self.head = head
        self.count = len(entries)
        self.sha256 = rules.digest(text)
        #: login of who released it; not part of the text, which everybody may have
        self.person = person
        self.body = Text(text)

    def __setattr__(self, name: str, value: Any) -> None:
        # Names that begin so belong to the database.
        if not name.startswith(("_p_", "_v_")):
            self._p_activate()
            if name in self.__dict__:
                raise AttributeError(f"a release is never changed: {name}")
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        if name.startswith(("_p_", "_v_")):
            super().__delattr__(name)
            return
        raise AttributeError(f"a release is never changed: {name}")

    @property
    def number(self) -> int:
        """Its number, from 1 on."""
        return self.head.number

    @property
    def day(self) -> datetime.date:
        """The day that it bears."""
        return datetime.date.fromisoformat(self.head.date)

    @property
    def text(self) -> str:
        """Its canonical text.

        :raises Broken: if it is not the text that was released.
        """
        text = self.body.value
        if rules.digest(text) != self.sha256:
            raise rules.Broken(f"release {self.number}: the hash does not fit")
        return text

    def entries(self) -> list[dict[str, Any]]:
        """Its entries, by basic code."""
        return rules.read(self.text)[1]


class Store(Persistent):
    """All releases by number, and the one that is being prepared."""

    def __init__(self) -> None:
        self.releases = IOBTree()
        self.draft: dict[str, str] | None = None

    def append(self, release: Release) -> None:
        """Add the next release."""
        if release.number != self.latest_number + 1:
            raise rules.Broken(f"release {release.number} is not the next one")
        self.releases[release.number] = release

    @property
    def latest_number(self) -> int:
        """Number of the latest release; 0 if there is none."""
        return self.releases.maxKey() if self.releases else 0


def _store() -> Store | None:
    return IAnnotations(api.portal.get()).get(KEY)


def _writable() -> Store:
    annotations = IAnnotations(api.portal.get())
    if KEY not in annotations:
        annotations[KEY] = Store()
    return annotations[KEY]


# ------------------------------------------------------------------- reading


def releases() -> list[Release]:
    """All releases, the newest first."""
    store = _store()
    return list(reversed(store.releases.values())) if store is not None else []


def get(number: int) -> Release | None:
    """The release with this number, or None."""
    store = _store()
    return store.releases.get(number) if store is not None else None


def latest() -> Release | None:
    """The release that counts today, or None."""
    store = _store()
    return get(store.latest_number) if store is not None else None


def working() -> list[dict[str, Any]]:
    """The published entries as a release would keep them; no entry is woken."""
    return [
        rules.frozen(entry.values, entry.uid) for entry in directory.current(REGISTER)
    ]


def preview() -> rules.Changes:
    """What a release made now would change against the latest one."""
    last = latest()
    return rules.changes(last.entries() if last else (), working())


# ------------------------------------------------------------------- writing


def draft() -> dict[str, str]:
    """Title, date, document number and note of the release that is being prepared."""
    store = _store()
    return dict((store.draft if store is not None else None) or {})


def _clean(values: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for name in ("title", "date", "document_number", "note"):
        value = values.get(name)
        text = value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""
        found[name] = text if name == "note" else " ".join(text.split())
    return found


def problems(values: Mapping[str, str]) -> Iterator[Problem]:
    """What stands against this head of a release."""
    if not values["title"]:
        yield Problem("title", "release_title")
    for name, longest in LONGEST.items():
        if len(values[name]) > longest:
            yield Problem(name, "release_long", (("longest", str(longest)),))
    try:
        day = datetime.date.fromisoformat(values["date"])
    except ValueError:
        yield Problem("date", "release_date")
        return
    last = latest()
    if last is not None and day < last.day:
        yield Problem("date", "release_before", (("date", last.head.date),))
    if day > today():
        yield Problem("date", "release_future")


def keep_draft(values: Mapping[str, Any]) -> None:
    """Keep what was entered so far.

    :raises Unauthorized: if the person may not prepare a release.
    """
    if not may_prepare():
        raise Unauthorized(PREPARE)
    _writable().draft = _clean(values)


def may_prepare() -> bool:
    """Whether this person may prepare a release."""
    site = api.portal.get()
    return may_release() or api.user.has_permission(PREPARE, obj=site)


def may_release() -> bool:
    """Whether this person may release the catalogue."""
    return api.user.has_permission(PERMISSION, obj=api.portal.get())


def release(
    values: Mapping[str, Any], follows: int | None = None, seen: str = ""
) -> Release:
    """Release the published entries.

    :param follows: number of the release that the person knows as the latest.
    :param seen: fingerprint of the entries that the person looked at.
    :raises Unauthorized: if the person may not release.
    :raises Refused: if it cannot be made.
    """
    if not may_release():
        raise Unauthorized(PERMISSION)
    clean = _clean(values)
    for problem in problems(clean):
        raise Refused(problem)
    entries = working()
    if not entries:
        raise Refused(Problem("", "release_empty"))
    last = latest()
    if follows is not None and follows != (last.number if last else 0):
        raise Refused(Problem("", "release_moved"))
    if seen and seen != rules.fingerprint(entries):
        raise Refused(Problem("", "release_changed"))
    person = api.user.get_current()
    head = rules.Head(
        number=last.number + 1 if last else 1,
        released_by=person.getProperty("fullname", "") or "",
        released_at=now().isoformat(timespec="seconds"),
        previous=last.sha256 if last else "",
        **clean,
    )
    made = Release(rules.write(head, entries), person.getId() or "")
    store = _writable()
    store.append(made)
    store.draft = None
    _tell()
    record(
        None,
        "catalogue.released",
        uid="catalogue",
        title=head.title,
        note=head.document_number,
        edition=str(head.number),
    )
    return made


def _tell() -> None:
    """Let the catalogue count a change: pages of the public are kept until it does."""
    folder = api.portal.get().unrestrictedTraverse(
        f"registers/{REGISTER.replace('_', '-')}", None
    )
    if folder is not None:
        folder.setModificationDate()
        folder.reindexObject(idxs=["modified"])


# -------------------------------------------------------- export and import


def dump() -> list[dict[str, str]]:
    """All releases for an export, the first one first."""
    return [
        {"text": release.text, "person": release.person}
        for release in reversed(releases())
    ]


def restore(rows: list[dict[str, str]]) -> int:
    """Releases of an export into a site that has none, or the first of them.

    What is there already has to be the same; nothing is replaced.

    :raises Broken: if the chain does not hold or differs from what is there.
    """
    rules.verify([row["text"] for row in rows])
    store = _writable()
    added = 0
    for number, row in enumerate(rows, 1):
        there = store.releases.get(number)
        if there is None:
            store.append(Release(row["text"], row.get("person", "")))
            added += 1
        elif there.sha256 != rules.digest(row["text"]):
            raise rules.Broken(f"another release {number} is here already")
    if added:
        _tell()
    return added
