"""What every new site has, with or without demonstration content."""

from importlib.resources import files
from plone import api
from plone.app.theming.interfaces import IThemeSettings
from plone.base.interfaces.constrains import ENABLED
from plone.base.interfaces.constrains import ISelectableConstrainTypes
from plone.formwidget.namedfile.converter import b64encode_file
from Products.CMFPlone.Portal import PloneSite
from typing import Any
from zhinan import _
from zhinan.clock import changing as calendar
from zhinan.departments import absences
from zhinan.departments import functions
from zhinan.departments import retained
from zhinan.departments import roles
from zhinan.departments.matrix import matrix
from zhinan.feedback import store
from zhinan.forms.messages import message
from zhinan.guides import quality
from zhinan.interfaces import ICatalogueFolder
from zhinan.interfaces import IDepartmentsFolder
from zhinan.interfaces import IGuidesFolder
from zhinan.interfaces import INoticesFolder
from zhinan.interfaces import IPoliciesFolder
from zhinan.interfaces import IRegisterFolder
from zhinan.interfaces import IRegistersFolder
from zhinan.jobs import store as jobs
from zhinan.publishing import editions
from zhinan.publishing import rounds
from zhinan.publishing.store import outbox
from zhinan.registers.entries import TYPES
from zhinan.rules.permissions import SITE
from zhinan.rules.registers import registers
from zhinan.rules.releases import REGISTER as CATALOGUE
from zhinan.trail import store as trail
from zope.i18n import translate
from zope.i18nmessageid import Message
from zope.interface import alsoProvides
from zope.interface import Interface


#: Id of the folder of the registers.
REGISTERS = "registers"
#: Id of the folder of the supervision notices.
NOTICES = "notices"
#: The folders at the root: id, title, the one type that may be added, and the marker
#: that gives them their public page.
FOLDERS = (
    ("departments", _("Departments"), "Department", IDepartmentsFolder),
    ("guides", _("Service guides"), "MatterGuide", IGuidesFolder),
    ("policies", _("Policy documents"), "PolicyDocument", IPoliciesFolder),
)


def prepare(site: PloneSite) -> None:
    """Create the root folders, published, and settings that fit the city."""
    # Before the first act, so that no two of them make it at the same time.
    trail.prepare(site)
    for folder_id, title, portal_type, marker in FOLDERS:
        _folder(site, folder_id, title, [portal_type], marker)
    parent = _folder(site, REGISTERS, _("Registers"), ["Folder"], IRegistersFolder)
    for name, register in registers().items():
        _folder(
            parent,
            name.replace("_", "-"),
            message(f"register.{name}", register.title),
            [TYPES[name]],
            ICatalogueFolder if name == CATALOGUE else IRegisterFolder,
            public=register.public,
        )
    roles.install()
    notices = _folder(
        site,
        NOTICES,
        _("Supervision notices"),
        ["SupervisionNotice"],
        INoticesFolder,
        public=False,
    )
    _for_issuers(notices)
    functions.prepare()
    retained.install()
    absences.install()
    store.prepare(site)
    outbox(site)
    editions.editions(site)
    rounds.prepare(site)
    quality.prepare(site)
    # Without it the site's thread does nothing that is scheduled.
    jobs.prepare(site)
    calendar.prepare(site)
    # Plone lists people and groups, with the names of departments that are being
    # prepared, to everybody who can sign in (vocabularies over REST, search of people).
    site.manage_permission("List portal members", ["Manager", "Site Administrator"])
    # The site's own type shows a page's text by default; ours is the home page.
    site.setLayout("listing_view")
    logo = (files("zhinan.pages") / "static" / "logo.svg").read_bytes()
    api.portal.set_registry_record(
        "plone.site_logo", b64encode_file(filename="logo.svg", data=logo)
    )
    # Plone leaves 127.0.0.1 without theme: both addresses have to look the same.
    blacklist = api.portal.get_registry_record("hostnameBlacklist", IThemeSettings)
    api.portal.set_registry_record(
        "hostnameBlacklist",
        [host for host in blacklist if host != "127.0.0.1"],
        IThemeSettings,
    )


def _folder(
    parent: Any,
    folder_id: str,
    title: Message,
    allowed: list[str],
    marker: type[Interface],
    public: bool = True,
) -> Any:
    """The folder with its marker, in which only these types may be added."""
    if folder_id in parent:
        folder = parent[folder_id]
    else:
        folder = api.content.create(
            parent, "Folder", folder_id, translate(title, target_language="zh_CN")
        )
    alsoProvides(folder, marker)
    folder.reindexObject(idxs=["object_provides"])
    constraints = ISelectableConstrainTypes(folder)
    constraints.setConstrainTypesMode(ENABLED)
    constraints.setLocallyAllowedTypes(allowed)
    constraints.setImmediatelyAddableTypes(allowed)
    if public and api.content.get_state(folder) != "published":
        api.content.transition(folder, to_state="published")
    if not public:
        _for_staff(folder)
    return folder


def _for_staff(folder: Any) -> None:
    """The list of an internal register is read by whom the matrix names.

    The platform's workflow of folders knows no functions.
    """
    readers = matrix().roles(SITE, "", "Zhinan: Read internal registers")
    for permission in ("View", "Access contents information"):
        folder.manage_permission(permission, sorted(readers), acquire=0)
    folder.reindexObjectSecurity()


def _for_issuers(folder: Any) -> None:
    """Who issues notices reads the folder and adds to it; nobody else does.

    A notice itself is read by whom the matrix names, through its own address.
    """
    issuers = sorted(matrix().roles(SITE, "", "Zhinan: Issue supervision notices"))
    for permission in ("View", "Access contents information", "Add portal content"):
        folder.manage_permission(permission, issuers, acquire=0)
    folder.exclude_from_nav = True
    folder.reindexObject(idxs=["exclude_from_nav"])
    folder.reindexObjectSecurity()
