"""Every stock way to the bytes of a file, and the question whether one may have it."""

from .confidentiality import is_open
from .confidentiality import level_of
from .confidentiality import may_read
from .confidentiality import read
from plone.app.contenttypes.content import File
from plone.app.contenttypes.indexers import SearchableText_file
from plone.app.contenttypes.interfaces import IFile
from plone.app.contenttypes.interfaces import IImage
from plone.app.versioningbehavior.browser import DownloadVersion as StockVersion
from plone.dexterity.browser.traversal import DexterityPublishTraverse
from plone.dexterity.filerepresentation import DefaultReadFile
from plone.dexterity.interfaces import IDexterityContent
from plone.formwidget.namedfile.widget import Download as StockWidgetDownload
from plone.formwidget.namedfile.widget import NamedFileWidget
from plone.indexer import indexer
from plone.namedfile.browser import DisplayFile as StockDisplay
from plone.namedfile.browser import Download as StockDownload
from plone.namedfile.interfaces import INamed
from plone.namedfile.interfaces import INamedFileField
from plone.namedfile.interfaces import INamedImageField
from plone.namedfile.scaling import ImageScale as StockScale
from plone.namedfile.scaling import ImageScaling as StockScaling
from plone.restapi.interfaces import IFieldSerializer
from plone.restapi.interfaces import IPrimaryFieldTarget
from plone.restapi.serializer.dxfields import FileFieldSerializer
from plone.restapi.serializer.dxfields import ImageFieldSerializer
from plone.restapi.serializer.dxfields import PrimaryFileFieldTarget
from plone.rfc822.interfaces import IPrimaryFieldInfo
from Products.CMFPlone.CatalogTool import getObjSize
from typing import Any
from z3c.form.interfaces import IFieldWidget
from z3c.form.widget import FieldWidget
from zhinan.forms.messages import message
from zhinan.interfaces import IZhinanLayer
from zope.component import adapter
from zope.i18n import translate
from zope.interface import implementer
from zope.publisher.interfaces import NotFound
from zope.publisher.interfaces.browser import IBrowserPublisher


def _guard(view: Any, obj: Any, field: str) -> None:
    """Ask, and keep what is confidential out of every cache.

    :raises Unauthorized: if the person may not have the file.
    """
    read(obj, field)
    if not is_open(obj, field):
        view.request.response.setHeader("Cache-Control", "private, no-store")


@implementer(IBrowserPublisher)
@adapter(IDexterityContent, IZhinanLayer)
class Traverser(DexterityPublishTraverse):
    """Attributes are no pages.

    Without this, ``<object>/<field>/data`` gives the bytes of a file to everybody who
    may see the object, and ``<object>/<field>`` a field that no form shows.
    """

    def publishTraverse(self, request: Any, name: str) -> Any:
        """What the name leads to.

        :raises NotFound: if it is a bare value.
        """
        found = super().publishTraverse(request, name)
        if INamed.providedBy(found) or isinstance(found, (bytes, str)):
            raise NotFound(self.context, name, request)
        return found


class _Guarded:
    """Mixin of views that give a field of their context."""

    def _getFile(self) -> Any:
        found = super()._getFile()
        _guard(self, self.context, self.fieldname)
        return found


class Download(_Guarded, StockDownload):
    """``@@download``."""


class DisplayFile(_Guarded, StockDisplay):
    """``@@display-file``."""


class ImageScale(StockScale):
    """A picture of ``@@images``, original or scaled."""

    def validate_access(self) -> None:
        """Asked before bytes and before headers."""
        super().validate_access()
        field = getattr(self, "fieldname", None)
        field = getattr(self.data, "fieldname", field)
        _guard(self, self.context, field or "")


class ImageScaling(StockScaling):
    """``@@images``."""

    _scale_view_class = ImageScale


class DownloadVersion(StockVersion):
    """``@@download-version``: the levels of today count for old versions, too."""

    def __call__(self) -> Any:
        """The file of a version."""
        field = self.request.get("field_id")
        if not field:
            field = IPrimaryFieldInfo(self.context).fieldname
        _guard(self, self.context, field)
        return super().__call__()


class WidgetDownload(StockWidgetDownload):
    """The file behind the widget of a form."""

    def __call__(self) -> Any:
        """The file of the content that the form shows."""
        form = self.context.form
        content = form.getContent() if form is not None else self.context.context
        if IDexterityContent.providedBy(content):
            _guard(self, content, self.context.field.__name__)
        return super().__call__()


class GuardedWidget(NamedFileWidget):
    """The widget of a file: it shows name and size to those who may have it."""

    @property
    def allowed(self) -> bool:
        """Whether the person may have the file of the content, if there is one."""
        content = self.context
        if self.ignoreContext or not IDexterityContent.providedBy(content):
            return True
        return may_read(content, self.field.__name__)

    @property
    def filename(self) -> str | None:
        """Name of the file; that there is one is told in any case."""
        found = super().filename
        if found is None or self.allowed:
            return found
        return translate(level_title(self.context, self.field.__name__))

    @property
    def file_size(self) -> int:
        """Its size, or nothing."""
        return super().file_size if self.allowed else 0

    @property
    def download_url(self) -> str | None:
        """Its address, or nothing."""
        return super().download_url if self.allowed else None


@implementer(IFieldWidget)
@adapter(INamedFileField, IZhinanLayer)
def guarded_widget(field: Any, request: Any) -> Any:
    """The widget of files on our site."""
    return FieldWidget(field, GuardedWidget(request))


class ReadFile(DefaultReadFile):
    """The file as WebDAV and FTP would give it."""

    def _getStream(self) -> Any:
        info = IPrimaryFieldInfo(self.context, None)
        read(self.context, info.fieldname if info is not None else "")
        return super()._getStream()


@adapter(IFile)
class ReadFileFile(ReadFile):
    """Of a file."""


@adapter(IImage)
class ReadImageFile(ReadFile):
    """Of a picture."""


# --------------------------------------------------------------------------- REST


def level_title(obj: Any, field: str, *kept: str) -> Any:
    """The level of a file in words."""
    level = level_of(obj, field, *kept)
    return message(f"level.{level.name}", level.title)


def closed(obj: Any, field: str, request: Any, *kept: str) -> dict[str, Any]:
    """What a client learns of a file that it may not have: that there is one."""
    level = level_of(obj, field, *kept)
    title = translate(level_title(obj, field, *kept), context=request)
    return {"confidentiality": {"token": level.name, "title": title}}


class _GuardedSerializer:
    def __call__(self) -> Any:
        """The stock answer, or that the file is closed."""
        name = self.field.__name__
        if self.field.get(self.context) is None:
            return None
        if not may_read(self.context, name):
            return closed(self.context, name, self.request)
        return super().__call__()


@implementer(IFieldSerializer)
@adapter(INamedFileField, IDexterityContent, IZhinanLayer)
class FileSerializer(_GuardedSerializer, FileFieldSerializer):
    """A file in REST."""


@implementer(IFieldSerializer)
@adapter(INamedImageField, IDexterityContent, IZhinanLayer)
class ImageSerializer(_GuardedSerializer, ImageFieldSerializer):
    """A picture in REST."""


@implementer(IPrimaryFieldTarget)
@adapter(INamedFileField, IDexterityContent, IZhinanLayer)
class FileTarget(PrimaryFileFieldTarget):
    """Where a client is led that asks for a file object."""

    def __call__(self) -> str | None:
        """Nowhere, if the file is closed."""
        if not may_read(self.context, self.field.__name__):
            return None
        return super().__call__()


# -------------------------------------------------------------------------- index


@indexer(File)
def file_text(obj: Any) -> str:
    """The words of a file inside a document, only where everybody may read them.

    Registered for the class: that is nearer than the interface of the stock indexer.
    """
    if not is_open(obj, "file"):
        return obj.title or ""
    return SearchableText_file(obj)()


@indexer(File)
def file_size(obj: Any) -> str:
    """The size in lists, likewise."""
    return getObjSize(obj)() if is_open(obj, "file") else ""
