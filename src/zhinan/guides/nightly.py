"""The nightly check: every published guide, its files and its links.

Three stretches: look at the guides, a few at a time with a pause after each, so that
readers do not notice; ask the links to other hosts, each host in turn; look again at
the guides of which a link is not fine. What is found is kept in the store of quality.
"""

from . import quality
from .content import IMatterGuide
from .facts import facts
from .facts import inner_path
from .facts import links
from .requirementsettings import options
from .requirementsettings import setting
from collections.abc import Iterator
from plone import api
from typing import Any
from zhinan import _
from zhinan.departments import aliases
from zhinan.departments.citytime import CITY_TIME
from zhinan.departments.citytime import today
from zhinan.guides import catalogue
from zhinan.guides import linkcheck
from zhinan.jobs import store as jobs
from zhinan.jobs.interfaces import IJobKind
from zhinan.jobs.interfaces import IScheduled
from zhinan.rules.links import host_of
from zhinan.rules.links import is_inside
from zhinan.rules.requirements import check_guide
from zhinan.rules.requirements import Finding
from zhinan.rules.requirements import Occasion
from zhinan.rules.requirements import requirements
from zhinan.rules.requirements import Severity
from zhinan.rules.requirements.scoring import mean
from zhinan.rules.requirements.scoring import score
from zope.interface import implementer

import datetime
import time


KIND = "nightly-check"
GUIDE, PUBLISHED = "MatterGuide", "published"
#: Seconds that one batch may take, and the pause after each guide: the job shares the
#: processor with the readers' pages.
BUDGET, BREATH = 1.0, 0.01
#: Guides in one batch at most.
BATCH = 40
#: With fewer hosts than this it cannot be told that the way to the net is closed.
FEW = 3


def published() -> dict[str, str]:
    """UID and path of all published guides; nobody is shown the list."""
    found = api.portal.get_tool("portal_catalog").unrestrictedSearchResults(
        portal_type=GUIDE, review_state=PUBLISHED
    )
    return {brain.UID: brain.getPath() for brain in found}


@implementer(IJobKind)
class NightlyCheck:
    """Kind ``nightly-check``; no parameters."""

    title = _("Check of all published guides")
    permission = "Zhinan: See all tasks"
    importing = False
    keep_days = 30

    def batch(self, run: Any) -> bool:
        """The next guides, the next links, or the end."""
        at = run.checkpoint or {"phase": "look", "after": ""}
        return getattr(self, f"_{at['phase']}")(run, at)

    # ------------------------------------------------------------------- guides

    def _look(self, run: Any, at: dict[str, Any]) -> bool:
        store = quality.prepare(run.site)
        paths = self._paths(run)
        if run.total is None:
            run.total = len(paths)
        rest = [uid for uid in sorted(paths) if uid > at["after"]]
        end = time.monotonic() + BUDGET
        for uid in rest[:BATCH]:
            self._guide(run, store, uid, paths[uid])
            run.done += 1
            at = {"phase": "look", "after": uid}
            time.sleep(BREATH)
            if time.monotonic() > end:
                break
        run.site._p_jar.cacheGC()
        run.checkpoint = at
        if not rest or at["after"] == rest[-1]:
            run.checkpoint = self._begin_links(run, store)
        return True

    def _paths(self, run: Any) -> dict[str, str]:
        if "paths" not in run.memory:
            run.memory["paths"] = published()
            run.memory["catalogue"] = _catalogue()
        return run.memory["paths"]

    def _guide(self, run: Any, store: Any, uid: str, path: str) -> None:
        guide = run.site.unrestrictedTraverse(path, None)
        if guide is None or not IMatterGuide.providedBy(guide) or guide.UID() != uid:
            # It went away since the list was made.
            return
        self._paths(run)
        kinds = run.memory["catalogue"].get(uid, ())
        found = facts(guide, catalogue=kinds)
        set_ = options()
        checked = check_guide(found, Occasion.NIGHTLY, set_)
        department = aliases.resolve(guide.department) or ""
        if store.keep(uid, _result(checked, department, score(checked, set_))):
            run.count("changed")
        store.name(uid, filter(asks, (url for url, _element, _place in links(guide))))

    # -------------------------------------------------------------------- links

    def _begin_links(self, run: Any, store: Any) -> dict[str, Any]:
        """Which links are asked; those that nobody names any more are forgotten."""
        wanted = store.wanted()
        for url in [url for url in store.links if url not in wanted]:
            del store.links[url]
        if not setting("links") or not wanted:
            return {"phase": "finish"}
        urls = linkcheck.first_hosts(sorted(wanted), setting("link_hosts"))
        left = len(wanted) - len(urls)
        if left:
            run.say(
                _(
                    "nightly_links_left",
                    default="${number} links were not asked: there are more hosts than "
                    "the setting allows.",
                    mapping={"number": str(left)},
                ),
                "warning",
            )
        return {"phase": "ask", "urls": urls, "answers": {}}

    def _ask(self, run: Any, at: dict[str, Any]) -> bool:
        urls = at["urls"]
        asked = linkcheck.next_round(urls)
        answers = linkcheck.ask_all(
            asked, setting("link_seconds"), setting("link_private")
        )
        run.count("links", len(answers))
        kept = {**at["answers"], **{url: list(a) for url, a in answers.items()}}
        rest = [url for url in urls if url not in answers]
        run.checkpoint = {"phase": "ask", "urls": rest, "answers": kept}
        if not rest:
            self._keep_links(run, kept)
            run.checkpoint = {"phase": "again", "uids": self._concerned(run)}
        return True

    def _keep_links(self, run: Any, answers: dict[str, Any]) -> None:
        """What was answered; of a way to the net that is closed no link is to blame."""
        store = quality.prepare(run.site)
        hosts = {host_of(url) for url in answers}
        if len(hosts) >= FEW and not any(
            detail.isdecimal() for _state, detail in answers.values()
        ):
            run.say(
                _(
                    "No host answered: this server has no way to the net. Links are as "
                    "they were."
                ),
                "warning",
            )
            return
        for url, (state, detail) in answers.items():
            old = store.links.get(url)
            if old is None or (old.state, old.detail) != (state, detail):
                store.links[url] = quality.LinkResult(state, detail, today())

    def _concerned(self, run: Any) -> list[str]:
        """Guides of which a link is not fine, or was not when they were looked at."""
        store = quality.peek(run.site)
        found = {
            uid
            for url, uids in store.wanted().items()
            if (known := store.links.get(url)) is not None
            and known.state != linkcheck.FINE
            for uid in uids
        }
        for uid, result in store.results.items():
            if any(one.requirement in _OF_LINKS for one in result.findings):
                found.add(uid)
        return sorted(found)

    def _again(self, run: Any, at: dict[str, Any]) -> bool:
        store, paths = quality.prepare(run.site), self._paths(run)
        end = time.monotonic() + BUDGET
        rest = list(at["uids"])
        while rest and time.monotonic() < end:
            uid = rest.pop(0)
            if uid in paths:
                self._guide(run, store, uid, paths[uid])
            time.sleep(BREATH)
        run.checkpoint = {"phase": "again", "uids": rest}
        if not rest:
            run.checkpoint = {"phase": "finish"}
        return True

    # ---------------------------------------------------------------------- end

    def _finish(self, run: Any, at: dict[str, Any]) -> bool:
        store = quality.prepare(run.site)
        there = published()
        known = {*store.results, *store.urls}
        store.forget(uid for uid in known if uid not in there)
        store.note(today(), dict(_rows(store)))
        store.run = quality.Run(
            today(),
            datetime.datetime.now(datetime.UTC),
            len(store.results),
            tuple(row.id for row in requirements().values() if options().asks(row)),
        )
        for result in store.results.values():
            run.count("errors", result.errors)
            run.count("warnings", result.warnings)
        return False


_OF_LINKS = frozenset({"link_dead", "link_unsure", "link_intranet"})


def asks(url: str) -> bool:
    """Whether the nightly check asks an address of another host."""
    if inner_path(url) is not None:
        return False
    return bool(setting("link_private")) or not is_inside(host_of(url))


def _result(found: list[Finding], department: str, points: float) -> quality.Result:
    numbers = [one.severity for one in found]
    return quality.Result(
        since=today(),
        department=department,
        score=points,
        errors=numbers.count(Severity.ERROR),
        warnings=numbers.count(Severity.WARNING),
        packed=quality.pack(found),
    )


def _catalogue() -> dict[str, tuple[str, ...]]:
    """Kinds of findings of the catalogue's check, by UID of the guide."""
    found: dict[str, tuple[str, ...]] = {}
    if not catalogue.entries():
        # A catalogue that is not kept yet contradicts nobody.
        return found
    for one in catalogue.check():
        if one.guide is not None:
            kinds = found.get(one.guide.uid, ())
            if one.kind not in kinds:
                found[one.guide.uid] = (*kinds, one.kind)
    return found


def _rows(store: Any) -> Iterator[tuple[str, quality.Row]]:
    """The figures of each department, and of all under an empty code."""
    groups: dict[str, list[quality.Result]] = {"": []}
    for result in store.results.values():
        groups[""].append(result)
        groups.setdefault(result.department, []).append(result)
    for code, results in groups.items():
        yield (
            code,
            quality.Row(
                guides=len(results),
                score=mean(one.score for one in results),
                errors=sum(one.errors for one in results),
                failing=sum(1 for one in results if one.errors),
            ),
        )


@implementer(IScheduled)
class EveryNight:
    """Starts the check once a day, from the hour that is set."""

    every = 300

    def run(self, site: Any, now: datetime.datetime | None = None) -> bool:
        """Start it when its hour has come and it was not started today.

        A site whose store is not prepared yet is left alone; a new site begins with
        the night after it was made.
        """
        store = quality.of(site)
        now = now or datetime.datetime.now(CITY_TIME)
        if store is None or not setting("nightly") or store.begun == now.date():
            return False
        if now.hour < setting("nightly_hour"):
            return False
        store.begun = now.date()
        jobs.start_by_clock(KIND, KIND)
        return True


NIGHTLY = NightlyCheck()
EVERY_NIGHT = EveryNight()
