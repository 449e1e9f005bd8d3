"""Everything that answers a request, as data: a new surface is a new line here.

``SITE`` is asked once for each person and shows, if anything, many objects at once;
``KNOWN`` is asked for each object by somebody who knows its address and UID. What
stands in a request is known to who asks, so an answer may repeat it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace
from urllib.parse import quote

import json


HTML, JSON, XML = "text/html", "application/json", "text/xml"
#: All that plone.restapi and we expand.
EXPAND = (
    "actions,aliases,breadcrumbs,contextnavigation,forms,inherit,linkintegrity,lock,"
    "materials,navigation,navroot,relations,translations,types,workflow,workingcopy,"
    "catalog,history,revisions"
)
FOLDERS = (
    "guides",
    "policies",
    "departments",
    "enquiries",
    "registers",
    "registers/catalogue-entry",
    "registers/cancelled-proof",
    "registers/intermediary-service",
    "registers/legal-basis",
    "registers/approval-seal",
    "registers/authorisation",
)
#: Those that are asked for all of the platform's lists, one of each kind.
STOCK = ("guides", "enquiries", "registers/legal-basis", "registers/approval-seal")
#: Which of our types a folder holds.
HELD = {
    "guides": "MatterGuide",
    "policies": "PolicyDocument",
    "departments": "Department",
    "enquiries": "Enquiry",
    "registers/catalogue-entry": "CatalogueEntry",
    "registers/cancelled-proof": "CancelledProof",
    "registers/intermediary-service": "IntermediaryService",
    "registers/legal-basis": "LegalBasis",
    "registers/approval-seal": "ApprovalSeal",
    "registers/authorisation": "Authorisation",
}


@dataclass(frozen=True)
class Surface:
    """One thing to ask.

    :param path: below the site; ``{path}``, ``{uid}`` and ``{word}`` are those of the
        object that is asked for, ``{job}`` is the id of a job of the head.
    :param shows: whether somebody who may view everything finds marks in the answer.
    :param types: portal types of the objects for which it is asked; empty for all.
    :param author: whether whoever wrote the page wrote the UIDs into it.
    :param gone: whether it has to tell that something public is gone, and so what
        identifies it.
    """

    path: str
    accept: str = HTML
    method: str = "GET"
    body: str = ""
    content_type: str = ""
    depth: str = ""
    shows: bool = True
    types: tuple[str, ...] = ()
    author: bool = False
    gone: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path or '/'} [{self.accept.partition('/')[2]}]"

    def filled(self, **values: str) -> "Surface":
        """The request for one object."""
        path, body = self.path, self.body
        for name, value in values.items():
            path = path.replace(f"{{{name}}}", quote(value, safe="/"))
            body = body.replace(f"{{{name}}}", value)
        return replace(self, path=path, body=body)


def page(path: str, *, shows: bool = True, **rest: object) -> Surface:
    """A page for a browser."""
    return Surface(path, HTML, shows=shows, **rest)  # type: ignore[arg-type]


def rest(path: str, *, shows: bool = True, **more: object) -> Surface:
    """A service; with a body it is sent as JSON."""
    body = more.pop("json", None)
    if body is not None:
        more |= {"body": json.dumps(body), "content_type": JSON}
        more.setdefault("method", "POST")
    return Surface(path, JSON, shows=shows, **more)  # type: ignore[arg-type]


def call(path: str, name: str, *, shows: bool = False) -> Surface:
    """A method over XML-RPC."""
    body = (
        f"<?xml version='1.0'?><methodCall><methodName>{name}</methodName></methodCall>"
    )
    return Surface(path, XML, "POST", body, XML, shows=shows)


_QUERY = {
    "query": [
        {
            "i": "portal_type",
            "o": "plone.app.querystring.operation.selection.any",
            "v": [*HELD.values(), "Material", "FormVersion", "File"],
        }
    ],
    "b_size": 1000,
    "limit": 1000,
}
_CATALOG = (
    "getVocabulary?name=plone.app.vocabularies.Catalog&attributes="
    + quote(json.dumps(["UID", "Title", "path"]))
    + "&query=zq*"
)
#: A feed and what is like it.
_FEEDS = ("RSS", "rss.xml", "atom.xml", "itunes.xml", "newsml.xml", "search_rss")
_NATIVE = ("PROPFIND", "OPTIONS", "HEAD", "TRACE", "SEARCH", "LOCK", "MKCOL")
_CATALOGUE_METHODS = (
    "searchResults?SearchableText=zq*",
    "unrestrictedSearchResults?SearchableText=zq*",
    "search?SearchableText=zq*",
    "getAllBrains",
    "uniqueValuesFor?name=Title",
    "manage_catalogView",
    "manage_main",
    "Indexes/path/items",
)


def _site() -> Iterator[Surface]:
    yield from (
        page("", shows=False),
        page("@@desk"),
        page("@@work?list=to_review"),
        page("@@work?list=to_publish"),
        page("@@work?list=failed"),
        page("@@work?list=review_due", shows=False),
        page("@@work?list=drafts", shows=False),
        page("@@work?list=copies", shows=False),
        page("@@work-xlsx?list=to_review", shows=False),
        page("sitemap", shows=False),
        page("sitemap.xml.gz", shows=False),
        page("sitemap.xml.gz?page=1"),
        page("sitemap.xml", shows=False),
        page("robots.txt", shows=False),
        page("@@search?SearchableText=zq*", shows=False),
        page("search?SearchableText=zq*&ajax_load=1", shows=False),
        page("@@ajax-search?SearchableText=zq*"),
        page("livesearch_reply?q=zq*", shows=False),
        page("@@updated_search?SearchableText=zq*", shows=False),
        page("search_rss?SearchableText=zq*", shows=False),
        page("@@opensearch.xml", shows=False),
        page("@@enquiries"),
        page("@@tasks", shows=False),
        page("@@quality", shows=False),
        page("@@quality-xlsx", shows=False),
        page("@@requirement-settings", shows=False),
        page("@@seals"),
        page("@@seals?register=approval_seal"),
        page("@@catalogue-check"),
        page("@@catalogue-check-xlsx", shows=False),
        page("@@channels", shows=False),
        page("@@calendar", shows=False),
        page("@@calendar?year=2026", shows=False),
        page("@@deadline?accepted=2026-02-12&limit=20", shows=False),
        page("@@edit-calendar?year=2027", shows=False),
        page("@@edit-closures", shows=False),
        page("@@export", shows=False),
        page("@@import", shows=False),
        page("@@jobs", shows=False),
        page("@@job?id={job}"),
        page("@@job-file?id={job}&name=zq00jfilez"),
        page("@@matter-codes", shows=False),
        page("@@registers-json", shows=False),
        page("@@full_review_list", shows=False),
        page("full_review_list", shows=False),
        page("@@reviewlist_get_table", shows=False),
        page("recently_modified", shows=False),
        page("recently_published", shows=False),
        page("author/head", shows=False),
        page("author/nobody", shows=False),
        page("@@member-search", shows=False),
        page("@@usergroup-userprefs?searchstring=", shows=False),
        page("@@inspect-relations", shows=False),
        page("@@tags", shows=False),
        page(_CATALOG, shows=False),
        page("everything"),
        page("everything/@@tabular_view", shows=False),
        page("links", author=True, shows=False),
        page(
            "links/@@getVocabulary?name=plone.app.vocabularies.Catalog"
            "&field=relatedItems",
            author=True,
            shows=False,
        ),
        page("zixun", shows=False),
    )
    for feed in _FEEDS:
        for folder in ("", "everything/", "guides/", "policies/"):
            shows = folder == "everything/" and feed in {"RSS", "rss.xml", "atom.xml"}
            yield page(f"{folder}{feed}", shows=shows)
    for method in _CATALOGUE_METHODS:
        yield page(f"portal_catalog/{method}", shows=False)
    for tool in ("uid_catalog", "reference_catalog", "portal_historiesstorage"):
        yield page(f"{tool}/searchResults", shows=False)
        yield page(f"{tool}/manage_main", shows=False)
    for tool in ("portal_repository", "portal_workflow", "portal_membership"):
        yield page(f"{tool}/manage_main", shows=False)
        yield page(f"{tool}/getHistory", shows=False)
    for view in ("manage_main", "manage", "manage_workspace", "objectValues"):
        yield page(view, shows=False)
        yield page(f"guides/{view}", shows=False)
    for name in ("searchResults", "portal_catalog.searchResults", "objectIds"):
        yield call("", name)
        yield call("portal_catalog", name)
    for method in _NATIVE:
        yield Surface("guides", XML, method, depth="infinity", shows=False)
        yield Surface("", XML, method, depth="1", shows=False)
    yield from (
        rest("", shows=False),
        rest(f"?expand={EXPAND}", shows=False),
        rest("?fullobjects=1&b_size=1000", shows=False),
        rest("@search?SearchableText=zq*&b_size=1000"),
        rest("@search?SearchableText=zq*&b_size=1000&metadata_fields=_all"),
        rest("@search?SearchableText=zq*&b_size=1000&fullobjects=1"),
        rest("@search?b_size=1000&show_inactive=1&metadata_fields=_all"),
        rest("@search?b_size=1000&allowedRolesAndUsers=Manager&sort_on=modified"),
        rest(
            "@search?b_size=1000&effectiveRange=&use_site_search_settings=1",
            shows=False,
        ),
        rest("@search?b_size=1000&path.query=/&path.depth=9"),
        rest("@search?b_size=1000&Creator=head"),
        rest("@search?b_size=1000&review_state=draft"),
        rest("@querystring-search", json=_QUERY),
        rest("@querystring-search", json={**_QUERY, "fullobjects": True}),
        rest("@querystring-search", json={**_QUERY, "metadata_fields": "_all"}),
        rest("@querystring-search?query=" + quote(json.dumps(_QUERY))),
        rest("@querystring", shows=False),
        rest("@vocabularies", shows=False),
        rest("@vocabularies/plone.app.vocabularies.Catalog?b_size=1000", shows=False),
        rest("@vocabularies/zhinan.departments", shows=False),
        rest("@vocabularies/plone.app.vocabularies.Keywords", shows=False),
        rest("@vocabularies/plone.app.vocabularies.Users", shows=False),
        rest("@vocabularies/plone.app.vocabularies.Groups", shows=False),
        rest("@vocabularies/plone.app.vocabularies.Principals", shows=False),
        rest("@vocabularies/plone.app.vocabularies.SyndicatableFeedItems", shows=False),
        rest("links/@sources/relatedItems?b_size=1000", author=True, shows=False),
        rest("links/@querysources/relatedItems?query=zq", author=True, shows=False),
        rest("@navigation?expand.navigation.depth=4", shows=False),
        rest("@breadcrumbs", shows=False),
        rest("@contextnavigation?expand.contextnavigation.bottomLevel=5", shows=False),
        rest(
            "@contextnavigation?expand.contextnavigation.root_path=/guides"
            "&expand.contextnavigation.includeTop=true",
            shows=False,
        ),
        rest("@actions", shows=False),
        rest("@types", shows=False),
        rest("@types/MatterGuide", shows=False),
        rest("@users", shows=False),
        rest("@users/head", shows=False),
        rest("@users?query=head", shows=False),
        rest("@groups", shows=False),
        rest("@principals?search=head", shows=False),
        rest("@roles", shows=False),
        rest("@aliases", shows=False),
        rest("@relations", shows=False),
        rest("@relations?relation=relatedItems", author=True, shows=False),
        rest("@relations?source=/links", author=True, shows=False),
        rest("@relations?query_source=zq&query_target=zq", shows=False),
        rest("@relations?onlyBroken=true", shows=False),
        rest("@linkintegrity", shows=False),
        rest("@content-rules", shows=False),
        rest("@transactions", shows=False),
        rest("@database", shows=False),
        rest("@registry?b_size=2000", shows=False),
        rest("@site", shows=False),
        rest("@system", shows=False),
        rest("@controlpanels/dexterity-types", shows=False),
        rest("@changes?limit=1000", gone=True, shows=False),
        rest("@changes?limit=1000&content=1", gone=True, shows=False),
        rest("@channels", shows=False),
        rest("@deadline?accepted=2026-02-12&limit=20", shows=False),
        rest("@calendar", shows=False),
        rest("@calendar/2026", shows=False),
        rest("@export?format=json", shows=False),
        rest("@export-template", shows=False),
        rest("@jobs", shows=False),
        rest("@jobs/{job}"),
        rest("@jobs/{job}/rows"),
        rest("@tasks", shows=False),
        rest("@requirements", shows=False),
        rest("@quality", shows=False),
        rest("@catalogue", shows=False),
        rest("@catalogue-check"),
        rest("@elements", shows=False),
        rest("links", author=True, shows=False),
        rest("links?expand=linkintegrity,relations", author=True, shows=False),
        rest("links/@linkintegrity", author=True, shows=False),
        rest("everything"),
        rest("everything?fullobjects=1&b_size=1000", shows=False),
        rest("registers/catalogue-entry/@@new-release", shows=False),
    )
    for folder in FOLDERS:
        yield from _folder(folder)
    yield from (
        page("registers/catalogue-entry/@@working-list"),
        page("registers/catalogue-entry/@@new-release", shows=False),
        page("registers/catalogue-entry/changes", shows=False),
        page("guides?department=jia", shows=False),
        page("guides?theme=construction", shows=False),
        page("departments/jia", shows=False),
    )


def _folder(folder: str) -> Iterator[Surface]:
    """Lists of one folder; that of the enquiries is closed to everybody."""
    held = HELD.get(folder)
    shows = held not in {None, "Enquiry"}
    yield page(folder, shows=shows and held != "CatalogueEntry")
    yield from (
        rest(f"{folder}?metadata_fields=_all&b_size=1000", shows=shows),
        rest(f"{folder}?fullobjects=1&b_size=1000", shows=shows),
        rest(f"{folder}/@register?b_size=1000", shows=False),
        page(f"{folder}/@@register-xlsx", shows=False),
        page(f"{folder}/@@register-json", shows=False),
    )
    if folder not in STOCK:
        return
    yield from (
        page(f"{folder}/folder_contents", shows=False),
        page(f"{folder}/@@fc-contextInfo", shows=False),
        page(f"{folder}/@@tabular_view", shows=False),
        page(f"{folder}/contentValues", shows=False),
        page(f"{folder}/objectIds", shows=False),
        page(f"{folder}/@@sharing", shows=False),
        page(f"{folder}/@@historyview", shows=False),
        page(f"{folder}/@@plone_context_state/object_title", shows=False),
        rest(f"{folder}?expand={EXPAND}&b_size=1000", shows=shows),
        rest(f"{folder}/@search?metadata_fields=_all&b_size=1000", shows=shows),
        rest(f"{folder}/@navigation?expand.navigation.depth=4", shows=False),
        rest(
            f"{folder}/@contextnavigation?expand.contextnavigation.bottomLevel=5",
            shows=False,
        ),
        rest(f"{folder}/@history", shows=False),
        rest(f"{folder}/@workflow", shows=False),
        rest(f"{folder}/@sharing", shows=False),
    )


SITE = tuple(_site())
_GUIDE = ("MatterGuide",)
_STEPS = ("MatterGuide", "WorkingCopy")
_FORM = ("FormVersion",)
_FILE = ("File",)
_INSIDE = ("Material", "FormVersion", "File")
_SEALS = ("ApprovalSeal", "Authorisation")

KNOWN = (
    page("{path}"),
    page("{path}/view"),
    page("{path}?ajax_load=1"),
    page("{path}/@@view/x", shows=False),
    page("{path}/edit", shows=False),
    page("{path}/Title", shows=False),
    page("{path}/title_or_id", shows=False),
    page("{path}/Description", shows=False),
    page("{path}/SearchableText", shows=False),
    page("{path}/title", shows=False),
    page("{path}/CookedBody", shows=False),
    page("{path}/document_src", shows=False),
    page("{path}/manage_main", shows=False),
    page("{path}/manage_FTPget", shows=False),
    page("{path}/manage_DAVget", shows=False),
    page("{path}/objectValues", shows=False),
    page("{path}/sendto_form", shows=False),
    page("{path}/@@getSource", shows=False),
    page("{path}/getObjSize", shows=False),
    page("{path}/@@plone_portal_state/portal_title", shows=False),
    page("{path}/@@plone_context_state/object_title", shows=False),
    page("{path}/@@historyview", shows=False),
    page("{path}/versions_history_form", shows=False),
    page("{path}/@@history?one=0&two=current", shows=False),
    page("{path}/@@version-view?version_id=0", shows=False),
    page("{path}/version_metadata_view?version_id=0", shows=False),
    page("{path}/@@content_status_history", shows=False),
    page("{path}/content_status_modify?workflow_action=submit", shows=False),
    page("{path}/@@sharing", shows=False),
    page("{path}/@@folder_contents", shows=False),
    page("{path}/@@fc-contextInfo", shows=False),
    page("{path}/@@delete_confirmation_info", shows=False),
    page("{path}/delete_confirmation", shows=False),
    page("{path}/object_rename", shows=False),
    page("{path}/object_copy", shows=False),
    page("{path}/@@images/x", shows=False),
    page("{path}/@@images-serve/x", shows=False),
    page("{path}/RSS", shows=False),
    page("{path}/atom.xml", shows=False),
    page("{path}/@@referencebrowser", shows=False),
    page("{path}/@@transition", types=_STEPS, shows=False),
    page("{path}/@@transition?id=approve", types=_STEPS, shows=False),
    page("{path}/@@copy-as-start", types=_STEPS, shows=False),
    rest("{path}/@transition", types=_STEPS, shows=False),
    rest("{path}/@transition/submit", types=_STEPS, shows=False, json={}),
    rest(
        "@transition",
        types=_STEPS,
        shows=False,
        author=True,
        json={"transition": "approve", "items": ["{uid}", "{path}"]},
    ),
    page("{path}/@@short", types=_GUIDE),
    page("{path}?r=1", types=_GUIDE),
    page("{path}/@@download-all", types=_GUIDE, shows=False),
    page("{path}/@@blank-form", types=("Material", "FormVersion"), shows=False),
    page("{path}/@@filled-sample", types=("Material", "FormVersion"), shows=False),
    page("{path}/@@download/blank_form", types=_FORM),
    page("{path}/@@display-file/blank_form", types=_FORM),
    page("{path}/@@download/filled_sample/x.pdf", types=_FORM),
    page("{path}/blank_form", types=_FORM, shows=False),
    page("{path}/@@images/blank_form", types=_FORM, shows=False),
    page("{path}/@@download/file", types=_FILE),
    page("{path}/@@display-file", types=_FILE, shows=False),
    page("{path}/@@download/impression", types=("ApprovalSeal",)),
    page("{path}/@@images/impression/large", types=("ApprovalSeal",), shows=False),
    page("{path}/@@download/paper", types=("Authorisation",)),
    page("{path}/@@download/form_sample", types=_GUIDE, shows=False),
    page("resolveuid/{uid}", shows=False),
    page("resolveuid/{uid}/@@download/blank_form", types=_FORM, shows=False),
    page("@@redirect-to-uuid/{uid}", shows=False),
    page("@@search?SearchableText={word}", shows=False),
    page("@@ajax-search?SearchableText={word}", shows=False),
    page("guides?SearchableText={word}", shows=False),
    page("registers/legal-basis?q={word}", types=("LegalBasis",)),
    page("portal_factory/{path}", shows=False),
    page("portal_catalog/getpath?rid=1", shows=False),
    page("uid_catalog/resolve_url?path={path}", shows=False),
    page("reference_catalog/lookupObject?uuid={uid}", shows=False),
    page("++api++/{path}", shows=False),
    rest("{path}"),
    rest("{path}?expand=" + EXPAND),
    rest("{path}?fullobjects=1"),
    rest("{path}?version=0", shows=False),
    rest("{path}/@history", shows=False),
    rest("{path}/@history/0", shows=False),
    rest("{path}/@workflow", shows=False),
    rest("{path}/@breadcrumbs", shows=False),
    rest("{path}/@actions", shows=False),
    rest("{path}/@navigation", shows=False),
    rest("{path}/@contextnavigation", shows=False),
    rest("{path}/@types", shows=False),
    rest("{path}/@linkintegrity", shows=False),
    rest("{path}/@sharing", shows=False),
    rest("{path}/@lock", shows=False),
    rest("{path}/@comments", shows=False),
    rest("{path}/@aliases", shows=False),
    rest("{path}/@inherit?expand.inherit.behaviors=zhinan.owned", shows=False),
    rest("{path}/@workingcopy", shows=False),
    rest("{path}/@translations", shows=False),
    rest("{path}/@search"),
    rest("{path}/@export?format=json", shows=False),
    rest("{path}/@materials", types=_GUIDE),
    rest("{path}/@forms", types=("Material",)),
    rest("{path}/@short", types=_GUIDE),
    rest("{path}/@revisions", types=_GUIDE, shows=False),
    rest("{path}/@authorisation", types=_GUIDE, shows=False),
    rest("{path}/@requirements", types=_GUIDE, shows=False),
    page("{path}/@@requirements", types=_GUIDE, shows=False),
    page("{path}/@@editions", types=_GUIDE, shows=False),
    page("{path}/@@edition/1.0", types=_GUIDE, shows=False),
    page("{path}/@@edition/1.0/print", types=_GUIDE, shows=False),
    page("{path}/@@compare-editions", types=_GUIDE, shows=False),
    page("{path}/@@correct-note?edition=1.0", types=_GUIDE, shows=False),
    page("{path}/@@restore-edition?edition=1.0", types=_GUIDE, shows=False),
    rest("{path}/@editions", types=_GUIDE, shows=False),
    rest("{path}/@edition/1.0", types=_GUIDE, shows=False),
    rest("{path}/@compare/1.0/1.0", types=_GUIDE, shows=False),
    rest("{path}/@cited-by", types=("LegalBasis",), shows=False),
    rest("{path}/@uses", types=_SEALS, shows=False),
    rest("@resolveuid/{uid}", shows=False),
    rest("resolveuid/{uid}", shows=False),
    rest("@linkintegrity?uids={uid}", shows=False),
    rest("@search?UID={uid}&metadata_fields=_all"),
    rest("@search?SearchableText={word}&fullobjects=1", shows=False),
    rest("@relations?source={uid}", shows=False),
    rest("@relations?target={uid}", shows=False),
    rest("@querysources/x?query={word}", shows=False),
    rest("{path}/@workflow/submit", method="POST", json={}, shows=False),
    rest("{path}", method="PATCH", json={"description": "x"}, shows=False),
    rest("{path}", method="DELETE", shows=False),
    rest("{path}/@lock", method="POST", json={}, shows=False),
    rest("@copy", json={"source": "{uid}"}, shows=False),
    rest("guides/@copy", json={"source": "/{path}"}, shows=False),
    rest("guides/@move", json={"source": "/{path}"}, shows=False),
    rest("guides/@move", json={"source": "{uid}"}, shows=False),
    rest("{path}/@sharing", json={"entries": []}, shows=False),
    Surface("{path}", XML, "PROPFIND", depth="infinity", shows=False),
    Surface("{path}", HTML, "HEAD", shows=False),
    Surface("{path}", HTML, "OPTIONS", shows=False),
    Surface("{path}", XML, "LOCK", shows=False),
    call("{path}", "Title"),
    call("{path}", "getId"),
    call("{path}", "propertyItems"),
    call("{path}", "document_src"),
    call("{path}/..", "contentIds"),
)
#: Asked in every state of every type; the others in one state of each.
CORE = frozenset(
    [
        "{path}",
        "{path}?expand=" + EXPAND,
        "{path}/@history",
        "{path}/@@history?one=0&two=current",
        "{path}?version=0",
        "{path}/versions_history_form",
        "{path}/@@plone_context_state/object_title",
        "{path}/@@download/blank_form",
        "{path}/@@blank-form",
        "{path}/@@download-all",
        "{path}/@@download/file",
        "{path}/@@download/impression",
        "{path}/@@download/paper",
        "{path}/@materials",
        "{path}/@@short",
        "@search?UID={uid}&metadata_fields=_all",
        "resolveuid/{uid}",
    ]
)
#: What writes is asked by those alone who may not do it.
WRITING = frozenset({"PATCH", "DELETE", "LOCK", "MKCOL"})


def writes(surface: Surface) -> bool:
    """Whether an allowed person would change something."""
    return surface.method in WRITING or (
        surface.method == "POST"
        and "search" not in surface.path
        and surface.content_type == JSON
    )
