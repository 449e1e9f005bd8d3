"""REST of notices: the list, the notice with its files, and the reply with files."""

from collections.abc import Mapping
from plone import api
from plone.namedfile.file import NamedBlobFile
from plone.protect.interfaces import IDisableCSRFProtection
from plone.restapi.deserializer import json_body
from plone.restapi.deserializer.dxfields import DefaultFieldDeserializer
from plone.restapi.interfaces import IFieldDeserializer
from plone.restapi.interfaces import IFieldSerializer
from plone.restapi.interfaces import ISerializeToJson
from plone.restapi.serializer.converters import json_compatible
from plone.restapi.serializer.dxcontent import SerializeToJson
from plone.restapi.serializer.dxfields import DefaultFieldSerializer
from plone.restapi.services import Service
from Products.CMFCore.WorkflowCore import WorkflowException
from typing import Any
from zExceptions import BadRequest
from zExceptions import Unauthorized
from zhinan import _
from zhinan.departments import functions
from zhinan.departments.citytime import today
from zhinan.forms.refusals import Cell
from zhinan.forms.refusals import ItemsRefused
from zhinan.forms.refusals import NotAFile
from zhinan.forms.services import FileDeserializer
from zhinan.forms.validation import problems
from zhinan.forms.validation import sentence
from zhinan.interfaces import IZhinanLayer
from zhinan.rules import notices as rules
from zhinan.supervision.notices import listing
from zhinan.supervision.notices import workflow
from zhinan.supervision.notices.content import IFiles
from zhinan.supervision.notices.content import INotice
from zhinan.supervision.notices.content import ISSUED
from zhinan.supervision.notices.content import PORTAL_TYPE
from zhinan.supervision.telling import Teller
from zope.component import adapter
from zope.interface import alsoProvides
from zope.interface import implementer
from zope.publisher.interfaces.browser import IBrowserRequest
from zope.schema.interfaces import ValidationError


@implementer(IFieldSerializer)
@adapter(IFiles, INotice, IZhinanLayer)
class FilesSerializer(DefaultFieldSerializer):
    """Files with the addresses from which they are downloaded."""

    def __call__(self) -> list[dict[str, Any]]:
        """The files."""
        url = self.context.absolute_url()
        name = self.field.__name__
        return [
            {
                "filename": file.filename,
                "content-type": file.contentType,
                "size": file.getSize(),
                "download": f"{url}/@@notice-file?of={name}&n={number}",
            }
            for number, file in enumerate(self.get_value() or (), 1)
        ]


@implementer(IFieldDeserializer)
@adapter(IFiles, INotice, IBrowserRequest)
class FilesDeserializer(DefaultFieldDeserializer):
    """Files with base64 data; one as GET gave it is the one that is there."""

    def __call__(self, value: Any) -> list[Any]:
        """The files; ItemsRefused if items are none."""
        kept = {
            f"n={number}": file
            for number, file in enumerate(self.field.get(self.context) or (), 1)
        }
        found, cells = [], []
        for number, item in enumerate(value if isinstance(value, list) else [value], 1):
            try:
                found.append(self._file(item, kept))
            except ValidationError as error:
                cells.append(Cell(number, "", self.field, error))
        if cells:
            raise ItemsRefused(cells)
        return found

    def _file(self, item: Any, kept: Mapping[str, Any]) -> Any:
        if isinstance(item, dict) and "data" not in item:
            place = str(item.get("download", "")).rpartition("&")[2]
            if place in kept:
                return kept[place]
            raise NotAFile(item)
        reader = FileDeserializer(self.field.value_type, self.context, self.request)
        return reader(item)


@implementer(ISerializeToJson)
@adapter(INotice, IZhinanLayer)
class NoticeSerializer(SerializeToJson):
    """GET of a notice, with what it was about and how long it is overdue."""

    def __call__(self, version: Any = None, **kwargs: Any) -> dict[str, Any]:
        """The stock answer with ``subject``, ``overdue`` and the ``steps`` possible."""
        result = super().__call__(version=version, **kwargs)
        notice = self.context
        brains = api.portal.get_tool("portal_catalog")(UID=notice.about)
        result["subject"] = {
            "@id": brains[0].getURL() if brains else None,
            "UID": notice.about,
            "title": notice.about_title,
            "type": notice.about_type,
            "path": notice.about_path,
            "department": notice.about_department,
        }
        awaited = api.content.get_state(notice) == ISSUED
        result["overdue"] = rules.overdue(notice.due, today()) if awaited else 0
        result["steps"] = workflow.possible(notice)
        return result


class NoticesGet(Service):
    """``GET @notices?show=open``: the notices that the person may see."""

    def reply(self) -> dict[str, Any]:
        """They, the overdue ones first.

        :raises Unauthorized: if the person is no staff.
        """
        teller = Teller(self.request)
        if not functions.is_staff():
            raise Unauthorized(teller.t(_("Log in to read supervision notices.")))
        shown = self.request.form.get("show", "open")
        if shown not in listing.SHOWN:
            message = _(
                "notices_unknown_show",
                default="“show” is one of ${names}.",
                mapping={"names": ", ".join(listing.SHOWN)},
            )
            raise BadRequest(teller.t(message))
        url = f"{self.context.absolute_url()}/@notices"
        found = listing.entries(shown)
        return {
            "@id": url,
            "items": [self._item(entry) for entry in found],
            "items_total": len(found),
            "waiting": listing.waiting(),
        }

    def _item(self, entry: listing.Entry) -> dict[str, Any]:
        brain, row = entry.brain, entry.row
        return json_compatible(
            {
                "@id": brain.getURL(),
                "@type": PORTAL_TYPE,
                "UID": brain.UID,
                "title": brain.Title,
                "number": row["number"],
                "department": brain.department,
                "due": entry.due,
                "overdue": entry.overdue,
                "issued": row["issued"],
                "review_state": brain.review_state,
                "about": {"UID": row["about"], "title": row["about_title"]},
            }
        )


class ReplyPost(Service):
    """``POST <notice>/@reply``: the reply, with files."""

    def reply(self) -> dict[str, Any]:
        """The notice after it.

        :raises BadRequest: with sentences, if text or files cannot be so.
        """
        alsoProvides(self.request, IDisableCSRFProtection)
        body = json_body(self.request)
        notice, teller = self.context, Teller(self.request)
        text = body.get("text", "")
        if not isinstance(text, str):
            raise BadRequest(teller.t(workflow.MISSING[workflow.REPLY]))
        files = self._files(body.get("files") or [])
        whole = [*(notice.reply_files or ()), *files]
        values = {"about": notice.about, "due": notice.due, "reply_files": whole}
        found = list(problems(PORTAL_TYPE, notice, values))
        if found:
            raise BadRequest(
                [
                    {
                        "field": "files",
                        "message": teller.t(sentence(problem)),
                        "error": "ValidationError",
                    }
                    for problem in found
                ]
            )
        try:
            workflow.step(notice, workflow.REPLY, text, files)
        except WorkflowException as error:
            raise BadRequest(workflow.why(error, self.request)) from error
        return NoticeSerializer(notice, self.request)()

    def _files(self, given: Any) -> list[NamedBlobFile]:
        field = INotice["reply_files"].bind(self.context)
        reader = FileDeserializer(field.value_type, self.context, self.request)
        found = []
        for item in given if isinstance(given, list) else [given]:
            try:
                if not isinstance(item, dict) or "data" not in item:
                    raise NotAFile(item)
                found.append(reader(item))
            except ValidationError as error:
                message = _(
                    "notice_no_file",
                    default="A file is an object with filename, content-type, "
                    "encoding (base64) and data.",
                )
                raise BadRequest(Teller(self.request).t(message)) from error
        return found
