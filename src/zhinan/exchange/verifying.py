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
from zope.component import getUtilitiesFor
from zope.i18n import translate
from zope.i18nmessageid import Message
from zope.interface import Attribute
from zope.interface import Interface


#: Objects after which memory is given back.
_BREATH = 200
LANGUAGE = "zh_CN"


class IKept(Interface):
    """A store that can look over itself: a utility, named by the store."""

    problems = Attribute(
        "Callable of the site that gives Messages, none if all is well"
    )


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
    for _name, kept in getUtilitiesFor(IKept):
        for problem in kept.problems(site):
            found.say(problem)
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
