"""The timeline: what happened to one thing, told for people."""

from Acquisition import aq_base
from bisect import bisect_right
from collections.abc import Iterator
from collections.abc import Mapping
from plone import api
from plone.restapi.services import Service
from plone.uuid.interfaces import IUUID
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from urllib.parse import urlencode
from zExceptions import BadRequest
from zExceptions import NotFound
from zhinan import _
from zhinan.forms.validation import IChecked
from zhinan.pages.layout import PublicPage
from zhinan.supervision import finding
from zhinan.supervision import known
from zhinan.supervision.finding import Found
from zhinan.supervision.telling import Teller
from zhinan.supervision.words import kind_of
from zhinan.supervision.words import KINDS
from zhinan.supervision.words import OF_OBJECTS
from zhinan.trail import store
from zhinan.trail.events import note_event
from zhinan.trail.interfaces import ITracked


#: Right to read the timeline of a thing; on the site: to read all of the trail.
PERMISSION = "Zhinan: See history"
#: Seconds between saving a version and the entry of the same request.
_NEAR = 60.0
_MOST = 200


def parts_of(obj: Any) -> Iterator[Any]:
    """What lies in a thing of ours and is ours, at any depth."""
    inside = hasattr(aq_base(obj), "objectValues")
    for part in obj.objectValues() if inside else ():
        if ITracked.providedBy(part):
            yield part
            yield from parts_of(part)


class Chains:
    """The chains that tell of one thing: its own, those of its parts, now and then."""

    def __init__(self, uid: str, obj: Any = None):
        self.uid = uid
        self.obj = obj
        self.objects: dict[str, Any] = {uid: obj} if obj is not None else {}
        for part in parts_of(obj) if obj is not None else ():
            self.objects[IUUID(part)] = part
        gone = known.of().parts
        self.uids = [uid, *(u for u in self.objects if u != uid)]
        for one in self.uids:
            # A form version lay in a material that may be gone as well.
            self.uids += [part for part in gone.get(one, ()) if part not in self.uids]

    def lines(self) -> Iterator[Found]:
        """All lines, the newest first."""
        return finding.of_chains(self.uids)


class Told(Teller):
    """Lines of a timeline as the page and REST give them."""

    def __init__(self, request: Any, chains: Chains):
        super().__init__(request)
        self.chains = chains
        self._versions: dict[str, list[float]] = {}

    def line(self, found: Found) -> dict[str, Any]:
        """One line."""
        said, uid = found.said, found.row.uid
        local = self.local(said["at"])
        part = uid != self.chains.uid
        obj = self.chains.objects.get(uid)
        return {
            "at": said["at"],
            "n": said["n"],
            "uid": uid,
            "day": local.date(),
            "time": f"{local:%H:%M}",
            "act": said.get("act", ""),
            "kind": kind_of(said.get("act", "")),
            "who": self.who(said),
            "did": self.did(said),
            "sentence": self.sentence(said),
            "part": self.part(said) if part else "",
            "part_url": obj.absolute_url() if part and obj is not None else "",
            "compare": self.compare(said, obj),
        }

    def part(self, said: Mapping[str, Any]) -> str:
        """Which part it was."""
        return self.t(
            _(
                "part_named",
                default="${type}: ${title}",
                mapping={"type": self.type_title(said), "title": self.title(said)},
            )
        )

    def compare(self, said: Mapping[str, Any], obj: Any) -> str:
        """Address of the comparison with the version before, where both are kept."""
        if obj is None or not said.get("fields") or not IChecked.providedBy(obj):
            return ""
        uid = said["uid"]
        if uid not in self._versions:
            self._versions[uid] = list(_moments(obj))
        saved = self._versions[uid]
        moment = self.local(said["at"]).timestamp()
        number = bisect_right(saved, moment + 1.0) - 1
        if number < 1 or moment - saved[number] > _NEAR:
            return ""
        return f"{obj.absolute_url()}/@@history?one={number - 1}&two={number}"


def _moments(obj: Any) -> Iterator[float]:
    """When the versions of an object were saved, the first one first."""
    repository = api.portal.get_tool("portal_repository")
    if not hasattr(aq_base(obj), "version_id"):
        return
    history = repository.getHistoryMetadata(obj)
    if not history:
        return
    for number in range(history.getLength(countPurged=True)):
        found = history.retrieve(number, countPurged=True)
        metadata = found["metadata"]["sys_metadata"] if found else {}
        yield metadata.get("timestamp", 0.0)


class _Asked:
    """What the address asks for; the same for the page and for REST."""

    request: Any
    context: Any

    def chains(self) -> Chains:
        """The chains.

        :raises NotFound: if the site's own view names nothing that ever was.
        """
        uid = self.request.form.get("uid", "")
        if ITracked.providedBy(self.context):
            return Chains(IUUID(self.context), self.context)
        if not isinstance(uid, str) or not uid:
            raise NotFound("uid")
        brains = api.portal.get_tool("portal_catalog").unrestrictedSearchResults(
            UID=uid
        )
        obj = brains[0]._unrestrictedGetObject() if brains else None
        if obj is not None and not ITracked.providedBy(obj):
            obj = None
        if store.peek(api.portal.get()).chain(uid) is None and obj is None:
            raise NotFound(uid)
        # This is what supervision reads: whoever looks is seen.
        note_event("trail.read", uid=uid, path="@@timeline")
        return Chains(uid, obj)

    def kind(self) -> str:
        """The kind to which it is narrowed."""
        value = self.request.form.get("kind", "")
        return value if isinstance(value, str) and value in KINDS else ""

    def before(self) -> str:
        """The cursor; an empty one where the address has none that is any."""
        value = self.request.form.get("before", "")
        good = isinstance(value, str) and finding.read_cursor(value)
        return value if good else ""

    def found(self, chains: Chains, size: int) -> finding.Page:
        """A page of lines."""
        kind = self.kind()
        return finding.take(
            chains.lines(),
            lambda found: not kind or _kind(found) == kind,
            self.before(),
            size,
        )


def _kind(found: Found) -> str:
    kind = kind_of(found.row.act)
    return kind if kind in OF_OBJECTS else "other"


class TimelinePage(_Asked, PublicPage):
    """``<object>/@@timeline``, and ``<site>/@@timeline?uid=…`` for what is gone."""

    template = ViewPageTemplateFile("templates/timeline.pt")

    def update(self) -> None:
        """Read the chains."""
        self.of = self.chains()
        self.page = self.found(self.of, finding.PAGE)
        told = Told(self.request, self.of)
        rows = [told.line(found) for found in self.page.lines]
        self.days: list[dict[str, Any]] = []
        for row in rows:
            day = self.date(row["day"])
            if not self.days or self.days[-1]["day"] != day:
                self.days.append({"day": day, "rows": []})
            self.days[-1]["rows"].append(row)
        self.gone = self.of.obj is None
        last = self.last_said()
        self.name = (
            self.of.obj.title if self.of.obj is not None else told.title(last or {})
        )
        self.what = told.type_title(last) if last else ""
        self.path = (last or {}).get("path", "")

    def last_said(self) -> Mapping[str, Any] | None:
        """What the last entry of the thing itself says."""
        chain = store.peek(api.portal.get()).chain(self.of.uid)
        if chain is None:
            return None
        return next(finding.backwards(chain), None)

    @property
    def title(self) -> str:
        """Of what it is the timeline."""
        return self.t(
            _(
                "timeline_of",
                default="Timeline: ${title}",
                mapping={"title": self.name},
            )
        )

    def url(self) -> str:
        """Address of the thing; empty where it is gone."""
        return "" if self.gone else self.of.obj.absolute_url()

    def link(self, **values: str) -> str:
        """This page with other parameters."""
        asked = {} if ITracked.providedBy(self.context) else {"uid": self.of.uid}
        asked |= {"kind": self.kind(), **values}
        query = urlencode({k: v for k, v in asked.items() if v})
        url = f"{self.context.absolute_url()}/@@timeline"
        return f"{url}?{query}" if query else url

    def kinds(self) -> list[dict[str, Any]]:
        """The ways to narrow it."""
        current = self.kind()
        rows = {"": _("All"), **{name: KINDS[name][0] for name in OF_OBJECTS}}
        return [
            {
                "url": self.link(kind=name),
                "title": self.t(title),
                "current": "true" if name == current else None,
            }
            for name, title in rows.items()
        ]

    def older(self) -> str:
        """Address of the page behind this one."""
        return self.link(before=self.page.next) if self.page.next else ""

    def newest(self) -> str:
        """Address of the first page, where this is not it."""
        return self.link() if self.before() else ""


class TimelineGet(_Asked, Service):
    """``GET <object>/@timeline``."""

    def reply(self) -> dict[str, Any]:
        """The lines, the newest first."""
        chains = self.chains()
        page = self.found(chains, size_of(self.request))
        told = Told(self.request, chains)
        url = f"{self.context.absolute_url()}/@timeline"
        asked = {} if ITracked.providedBy(self.context) else {"uid": chains.uid}
        answer: dict[str, Any] = {
            "@id": url,
            "uid": chains.uid,
            "items": [_plain(told.line(found), found) for found in page.lines],
        }
        if page.next:
            more = {**asked, "kind": self.kind(), "before": page.next}
            more = {k: v for k, v in more.items() if v}
            answer["next"] = f"{url}?{urlencode(more)}"
        return answer


def size_of(request: Any) -> int:
    """How many lines a client wants: 1 to 200.

    :raises BadRequest: if that is no number.
    """
    text = request.form.get("limit", str(finding.PAGE))
    if not (isinstance(text, str) and text.isascii() and text.isdecimal()):
        message = _(
            "not_a_count",
            default="${name} is a whole number, 0 or more.",
            mapping={"name": "limit"},
        )
        raise BadRequest(Teller(request).t(message))
    return min(max(int(text[:6]), 1), _MOST)


def _plain(line: Mapping[str, Any], found: Found) -> dict[str, Any]:
    """A line for a program: with the words of the machine beside the sentence."""
    said = found.said
    return {
        "at": said["at"],
        "n": said["n"],
        "uid": line["uid"],
        "act": line["act"],
        "kind": line["kind"],
        "who": said.get("who", ""),
        "function": said.get("function", ""),
        "from": said.get("from", ""),
        "to": said.get("to", ""),
        "fields": sorted(said.get("fields") or {}),
        "note": said.get("note", ""),
        "edition": said.get("edition", ""),
        "sentence": line["sentence"],
        "part": line["part"],
        "compare": line["compare"],
    }


def timeline_url(obj: Any) -> str:
    """Address of the timeline of a thing, for who may read it; else empty."""
    if not ITracked.providedBy(obj) or not api.user.has_permission(PERMISSION, obj=obj):
        return ""
    return f"{obj.absolute_url()}/@@timeline"
