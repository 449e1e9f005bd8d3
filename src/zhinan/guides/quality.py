"""What the nightly check has found: a store of the site's own, by UID of the guide.

A guide of which the same is found as the night before is not written again, so that a
quiet night makes the database hardly larger; ``since`` is the day from which on the
findings are so, the day of the last look stands once for all.
"""

from BTrees.OOBTree import OOBTree
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from persistent import Persistent
from plone import api
from typing import Any
from zhinan.departments.citytime import today
from zhinan.rules.requirements import Finding
from zhinan.rules.requirements import Place
from zhinan.rules.requirements import Severity
from zope.annotation.interfaces import IAnnotations

import datetime
import json
import zlib


KEY = "zhinan.guides.quality"
#: States in which a guide is none that the public is given any more.
GONE = frozenset({"withdrawn", "consolidated", "retracted"})
#: Days of the trend that are kept.
DAYS = 400


def pack(found: Iterable[Finding]) -> bytes:
    """Findings as few bytes; the same findings are the same bytes."""
    rows = [
        [
            one.requirement,
            one.severity.value,
            one.element,
            one.says,
            [list(pair) for pair in one.values],
            [one.place.material, one.place.form, one.place.row],
        ]
        for one in found
    ]
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode(), 6)


def unpack(data: bytes) -> list[Finding]:
    """The findings again."""
    return [
        Finding(
            requirement,
            Severity(severity),
            element,
            says,
            tuple((key, value) for key, value in values),
            Place(*place),
        )
        for requirement, severity, element, says, values, place in json.loads(
            zlib.decompress(data)
        )
    ]


@dataclass(frozen=True)
class Result:
    """What was found of one guide: since when, the findings packed, and the score."""

    since: datetime.date
    department: str
    score: float
    errors: int
    warnings: int
    packed: bytes

    @property
    def findings(self) -> list[Finding]:
        """The findings."""
        return unpack(self.packed)


@dataclass(frozen=True)
class Row:
    """A department on a day: guides, their mean score, errors, guides with errors."""

    guides: int
    score: float
    errors: int
    failing: int


@dataclass(frozen=True)
class LinkResult:
    """How an address of another host stood when it was last asked."""

    state: str
    detail: str
    asked: datetime.date


@dataclass(frozen=True)
class Run:
    """The last check that came to its end."""

    day: datetime.date
    ended: datetime.datetime
    guides: int
    #: ids of the requirements that were asked for, for who reads the figures later
    asked: tuple[str, ...] = field(default=())


class Store(Persistent):
    """Results and links by UID, days by department, answers by address."""

    #: the last check that ended, and the day for which one was begun by the clock
    run: Run | None = None
    begun: datetime.date | None = None

    def __init__(self) -> None:
        self.results = OOBTree()
        self.trend = OOBTree()
        self.links = OOBTree()
        #: addresses of other hosts that a guide names, by its UID
        self.urls = OOBTree()

    def keep(self, uid: str, result: Result) -> bool:
        """Keep what was found of a guide; whether it is anything new."""
        old = self.results.get(uid)
        if (
            old is not None
            and old.packed == result.packed
            and (old.department, old.score) == (result.department, result.score)
        ):
            return False
        self.results[uid] = result
        return True

    def name(self, uid: str, urls: Iterable[str]) -> None:
        """Keep which addresses a guide names, if they are others than before."""
        named = tuple(sorted(set(urls)))
        if self.urls.get(uid, ()) != named:
            self.urls[uid] = named

    def wanted(self) -> dict[str, list[str]]:
        """Every address that a guide names, with the UIDs of those guides."""
        found: dict[str, list[str]] = {}
        for uid, urls in self.urls.items():
            for url in urls:
                found.setdefault(url, []).append(uid)
        return found

    def forget(self, uids: Iterable[str]) -> None:
        """Take away what is no published guide any more."""
        for uid in list(uids):
            self.results.pop(uid, None)
            self.urls.pop(uid, None)

    def note(self, day: datetime.date, rows: Mapping[str, Row]) -> None:
        """The figures of a day; those of long ago are taken away."""
        self.trend[day.isoformat()] = dict(rows)
        oldest = (day - datetime.timedelta(days=DAYS)).isoformat()
        for known in list(self.trend.keys(max=oldest)):
            del self.trend[known]


def peek(site: Any = None) -> Store:
    """The store for reading: an empty one, which is not kept, where there is none."""
    found = IAnnotations(site or api.portal.get()).get(KEY)
    return Store() if found is None else found


def prepare(site: Any) -> Store:
    """The store of a site, made where there is none; the first night is the next."""
    annotations = IAnnotations(site)
    if KEY not in annotations:
        made = annotations[KEY] = Store()
        made.begun = today()
    return annotations[KEY]


def of(site: Any) -> Store | None:
    """The store of a site, or None while it has none."""
    return IAnnotations(site).get(KEY)


class _Links(Mapping[str, tuple[str, str]]):
    """How links stood at the last look, read one by one."""

    def __init__(self, kept: Any):
        self._kept = kept

    def __getitem__(self, url: str) -> tuple[str, str]:
        found = self._kept[url]
        return found.state, found.detail

    def __iter__(self) -> Any:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


def links() -> Mapping[str, tuple[str, str]]:
    """State and detail of every address that was asked."""
    return _Links(peek().links)
