"""Who reads past the permissions: each place with its reason, and no other."""

from pathlib import Path

import ast
import zhinan


ROOT = Path(zhinan.__file__).parent
#: Names that ask nobody who may see what.
NAMES = frozenset(
    ["unrestrictedSearchResults", "_unrestrictedGetObject", "getAllBrains"]
    + ["unrestrictedTraverse", "adopt_system", "adopt_roles"]
)
#: Module and function, and why what is read there reaches nobody who may not see it.
REASONS = {
    "departments/content._taken": "tells that a code is taken, which its author typed",
    "departments/directory.entries": "looks up the name of a code that is known; "
    "who offers departments asks directory.visible",
    "departments/handover": "whole departments are moved; the page is the keeper's",
    "exchange/apply.Applier._taken": "a UID that is taken; imports are the keeper's",
    "exchange/command/reading.site": "the site itself, on the command line",
    "exchange/identity._catalog": "what an import meets; imports are the keeper's",
    "exchange/identity": "what an import meets; imports are the keeper's",
    "exchange/siterecords.SiteRecords": "each object is asked for View before it is told",
    "exchange/verifying": "a check of the whole store, on the command line",
    "guides/catalogue.guides": "compared with the catalogue; people are shown "
    "catalogue.visible",
    "guides/filling.fill": "fills a draft for whoever was asked before, shows nothing",
    "guides/workingcopy._by_uid": "the copy of a guide and the guide of a copy; who "
    "shows one asks for View",
    "guides/workingcopy.as_program": "merges for whoever was asked before, shows "
    "nothing",
    "guides/facts._namesakes": "a number alone, of a name that the reader knows",
    "guides/nightly": "judges by night; who shows results asks the catalogue as the "
    "person (guides/qualitylist)",
    "jobs": "the site by its path, in the job's thread; a job acts as its person",
    "pages/closed": "asked for View right after",
    "publishing/changes.public_uids": "asks what the public may read",
    "publishing/revisions": "keeps what the public reads; shown where it is public",
    "publishing/steps.find": "whether a successor is fit; who shows it asks for View "
    "(guides/leaving.left_of)",
    "registers/directory.entries": "judges and derives; who shows entries asks the "
    "catalogue as the person (directory.visible, listing.visible)",
    "registers/judges.taken": "whether a key is taken; the title only if visible",
    "registers/releases._tell": "touches a folder",
    "registers/schedule.Statuses.run": "writes by the calendar, shows nothing",
    "exchange/command/trail.show": "on the command line, by who holds the database",
    "signin/resetting._send": "the site itself, in a thread that sends a mail",
    "supervision/asked._object": "a filter of the trail, which its readers read whole",
    "supervision/notices/content.look_up": "asked for View right after",
    "supervision/notices/pages.NoticePage._there": "whether what a notice is about, "
    "and names to its readers, is still there",
    "supervision/notices/reminders": "mails to the addressees of a notice",
    "supervision/notices/workflow._subject": "writes into the trail, shows nothing",
    "supervision/timeline._Asked.chains": "the trail's readers read it whole",
    "trail/acts.look_at_written": "notes what was written, shows nothing",
    "desk/mending/job._as_program": "writes what somebody else has approved",
    "desk/mending/look.guides": "guides of a department, for those who propose for it",
    "publishing/reviews.due_guides": "what is online, which everybody may read",
    "publishing/reviews.give": "writes the days of reviews, shows nothing",
    "publishing/schedule.report": "counts, for the keeper's page of the health",
    "site": "installs, upgrades and imports a site",
}


def _places(path: Path) -> list[str]:
    """Each use in a module, as module and qualified name."""
    module = str(path.relative_to(ROOT)).removesuffix(".py")
    found = []

    def walk(node: ast.AST, name: str) -> None:
        for child in ast.iter_child_nodes(node):
            inner = name
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inner = f"{name}.{child.name}"
            if (isinstance(child, ast.Attribute) and child.attr in NAMES) or (
                isinstance(child, ast.keyword)
                and child.arg == "unrestricted"
                and getattr(child.value, "value", None) is True
            ):
                found.append(inner)
            walk(child, inner)

    walk(ast.parse(path.read_text(encoding="utf-8")), module)
    return found


def _reason(place: str) -> str:
    """The reason of a place: its own, its class's, its module's or its room's."""
    return next(
        (
            known
            for known in sorted(REASONS, key=len, reverse=True)
            if place == known or place.startswith((f"{known}.", f"{known}/"))
        ),
        "",
    )


def test_every_read_past_the_permissions_has_a_reason():
    """Protects: nobody reads everything and shows it, without having thought of it."""
    places = [place for path in ROOT.rglob("*.py") for place in _places(path)]
    assert len(places) > 20
    assert {place for place in places if not _reason(place)} == set()
    assert {known for known in REASONS if known not in map(_reason, places)} == set()
