"""The lean layout of public pages: our CSS, no theme transform, no navigation tree.

A public page is one template inside ``layout.pt``. It leaves Plone's transform chain
(theme, blocks, cross-site protection of forms that it does not have), which costs a
stock page most of its time, and answers ``If-None-Match`` itself.
"""

from functools import cache
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from plone import api
from plone.transformchain.interfaces import DISABLE_TRANSFORM_REQUEST_KEY
from Products.Five.browser import BrowserView
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zhinan import _
from zhinan.departments import functions
from zhinan.departments import ownership
from zhinan.departments.content import IDepartmental
from zhinan.forms.validation import IChecked
from zhinan.pages import pagecache
from zhinan.pages import staff
from zhinan.pages.formats import Formats
from zhinan.pages.settings import ISiteWording
from zhinan.pages.workplaces import workplaces
from zhinan.publishing import transitions
from zope.component import queryMultiAdapter
from zope.i18nmessageid import Message


@cache
def _fingerprint(name: str) -> str:
    data = (files(__package__) / "static" / name).read_bytes()
    return sha256(data).hexdigest()[:12]


def static_url(portal_url: str, name: str) -> str:
    """Address of one of our static files; it changes with the file's content."""
    return f"{portal_url}/++resource++zhinan.pages/{name}?v={_fingerprint(name)}"


#: Seconds for which a shared cache may answer for us.
SHARED_AGE = 60


class PublicPage(Formats, BrowserView):
    """Base of the public pages; subclasses give ``template`` and ``title``."""

    layout = ViewPageTemplateFile("templates/layout.pt")
    template: ViewPageTemplateFile
    title: str | Message = ""
    #: which entrance of the head is the current one
    entrance = ""
    #: whether the page for the public may be kept in memory
    cached = False

    def update(self) -> None:
        """Prepare what the template shows."""

    def memory_query(self) -> str:
        """The part of the query string by which pages in the memory are told apart."""
        return self.request.get("QUERY_STRING") or ""

    def __call__(self) -> str:
        """The page, or 304 when the client has it already."""
        self.request.environ[DISABLE_TRANSFORM_REQUEST_KEY] = True
        response = self.request.response
        if not self.anonymous:
            response.setHeader("Cache-Control", "private, no-store")
            return self.render()
        key = pagecache.key(self) if self.cached else None
        body = pagecache.PAGES.get(key) if key else None
        if body is None:
            body = self.render()
            if key and response.getStatus() == 200:
                pagecache.PAGES.put(key, body)
        response.setHeader("Content-Type", "text/html; charset=utf-8")
        tag = f'"{sha256(body.encode()).hexdigest()[:32]}"'
        response.setHeader("ETag", tag)
        response.setHeader(
            "Cache-Control",
            f"public, max-age=0, s-maxage={SHARED_AGE}, must-revalidate",
        )
        response.setHeader("Vary", "Accept-Language, Cookie")
        if (
            response.getStatus() == 200
            and self.request.get_header("If-None-Match") == tag
        ):
            response.setStatus(304)
            return ""
        return body

    def render(self) -> str:
        """Prepare and fill the template; empty after a redirection."""
        self.update()
        response = self.request.response
        if response.getStatus() in {301, 302, 303}:
            return ""
        body = self.template()
        response.setHeader("Content-Type", "text/html; charset=utf-8")
        return body

    # ------------------------------------------------------------------ helpers

    @cached_property
    def site_title(self) -> str:
        """Name of the site."""
        return api.portal.get().Title()

    @property
    def page_title(self) -> str:
        """What the window's head says."""
        own = self.t(self.title)
        return f"{own} - {self.site_title}" if own else self.site_title

    @cached_property
    def language(self) -> str:
        """Language of the page as HTML names it."""
        tag = self.request.get("LANGUAGE") or "zh-cn"
        return "zh-CN" if tag.lower().startswith("zh") else tag

    @cached_property
    def anonymous(self) -> bool:
        """Whether nobody is logged in."""
        return api.user.is_anonymous()

    @property
    def css_url(self) -> str:
        """Address of our CSS; changes with its content."""
        return static_url(self.portal_url, "zhinan.css")

    def wording(self, name: str) -> str:
        """A text that the site's keeper set, or an empty one."""
        return api.portal.get_registry_record(name, ISiteWording, default=None) or ""

    @cached_property
    def query_text(self) -> str:
        """What was typed in the search box."""
        text = self.request.form.get("SearchableText", "")
        return text.strip()[:200] if isinstance(text, str) else ""

    def entrances(self) -> list[dict[str, Any]]:
        """The entrances of the head."""
        rows = (
            ("guides", _("Service guides")),
            ("departments", _("Departments")),
            ("policies", _("Policy documents")),
            ("registers", _("Lists and catalogues")),
            ("zixun", _("Ask us")),
        )
        site = api.portal.get()
        return [
            {
                "url": f"{self.portal_url}/{name}",
                "title": self.t(title),
                "current": "page" if name == self.entrance else None,
            }
            for name, title in rows
            if name in site
        ]

    def footer_links(self) -> list[dict[str, str]]:
        """Links of the footer, as far as their pages exist."""
        site = api.portal.get()
        rows = (("about", _("About")), ("help", _("Help")), ("zixun", _("Ask us")))
        return [
            {"url": f"{self.portal_url}/{name}", "title": self.t(title)}
            for name, title in rows
            if name in site
        ]

    # ---------------------------------------------------------------- staff bar

    def page_start(self) -> str:
        """What rooms above say to whoever is signed in, before the page itself."""
        if self.anonymous:
            return ""
        names = ("staff-page-steps", "staff-page-start")
        pair = (self.context, self.request)
        views = (queryMultiAdapter(pair, name=name) for name in names)
        return "".join(view() for view in views if view is not None)

    def page_end(self) -> str:
        """What a room above adds to the end of a page for whoever is signed in."""
        if self.anonymous:
            return ""
        view = queryMultiAdapter((self.context, self.request), name="staff-page-end")
        return view() if view is not None else ""

    @cached_property
    def staff(self) -> dict[str, Any] | None:
        """What the person who is logged in may do here; None for the public."""
        if self.anonymous:
            return None
        context = self.context
        url = context.absolute_url()
        links = []
        if api.user.has_permission("Modify portal content", obj=context):
            links.append((f"{url}/edit", _("Edit")))
            if getattr(context, "isPrincipiaFolderish", False):
                links.append((f"{url}/folder_contents", _("Contents")))
        repository = api.portal.get_tool("portal_repository")
        versioned = IChecked.providedBy(context) and repository.isVersionable(context)
        if versioned and api.user.has_permission(
            "CMFEditions: Access previous versions", obj=context
        ):
            links.append((f"{url}/@@historyview", _("History")))
        if functions.is_staff() and (
            IChecked.providedBy(context) or IDepartmental.providedBy(context)
        ):
            links.append((f"{url}/@@rights", _("Rights")))
            if ownership.may_change(context):
                links.append((f"{url}/@@change-owner", _("Hand over")))
        links += staff.links(context)
        if workplaces():
            links.append((f"{self.portal_url}/@@desk", _("Desk")))
        workflow = api.portal.get_tool("portal_workflow")
        state = workflow.getInfoFor(context, "review_state", None)
        state_title = ""
        if state:
            state_title = self.t(
                Message(
                    workflow.getTitleForStateOnType(state, context.portal_type),
                    domain="plone",
                )
            )
        return {
            "name": api.user.get_current().getProperty("fullname")
            or api.user.get_current().getId(),
            "links": [{"url": link, "title": self.t(title)} for link, title in links],
            "notes": [
                {"url": link, "title": self.t(title)}
                for link, title in staff.notes(context)
            ],
            "actions": self._actions(url),
            "state": state_title,
            "state_id": state or "",
            "logout": f"{self.portal_url}/logout",
            "own": f"{self.portal_url}/@@my-sign-in",
            "desk": f"{self.portal_url}/folder_contents"
            if api.user.has_permission("Modify portal content", obj=api.portal.get())
            else "",
        }

    def _actions(self, url: str) -> list[dict[str, str]]:
        """The steps that the person may take here."""
        if transitions.workflow_of(self.context) is not None:
            # The page of a step asks before it is taken: the link may be followed.
            return [
                {"url": f"{url}/@@transition?id={step.id}", "title": self.t(step.title)}
                for step in transitions.possible(self.context)
                if step.offered(self.context)
            ]
        token = self.context.restrictedTraverse("@@authenticator").token()
        workflow = api.portal.get_tool("portal_workflow")
        return [
            {
                "url": f"{url}/content_status_modify?workflow_action={action['id']}"
                f"&_authenticator={token}",
                "title": self.t(Message(action["title"], domain="plone")),
            }
            for action in workflow.listActionInfos(object=self.context)
            if action["category"] == "workflow"
        ]
