"""REST of the import: ``POST @import`` starts it as a job."""

from .importing import MODES
from .importing import PREVIEW
from .importpage import LARGEST
from .importpage import LARGEST_MAPPING
from .importpage import options_of
from .importpage import Refusal
from .importpage import start_import
from .importpage import uploaded
from base64 import b64decode
from pathlib import PurePosixPath
from plone.protect.interfaces import IDisableCSRFProtection
from plone.restapi.deserializer import json_body
from plone.restapi.services import Service
from typing import Any
from zExceptions import BadRequest
from zhinan import _
from zhinan.pages.formats import Formats
from zope.interface import alsoProvides


class ImportPost(Formats, Service):
    """``POST @import``: a file as multipart or base64 in JSON; 202 with the job.

    Keys: ``file`` (multipart) or ``data`` and ``filename`` (JSON); ``format``,
    ``mapping``, ``mapping_file`` or ``mapping_data``, ``mode`` (preview, apply),
    ``state``, ``create_departments``.
    """

    def reply(self) -> dict[str, Any]:
        """The job that was started.

        :raises BadRequest: with one sentence.
        """
        alsoProvides(self.request, IDisableCSRFProtection)
        try:
            multipart = self.request.getHeader("Content-Type", "").startswith(
                "multipart/"
            )
            form, data, mapping, name = self._multipart() if multipart else self._json()
            params = options_of(form)
            mode = form.get("mode") or PREVIEW
            if mode not in MODES:
                raise Refusal(_("The mode is one of: preview, apply."))
            if not data:
                raise Refusal(_("Choose a file that is not empty."))
            name = PurePosixPath(name.replace("\\", "/")).name[:200]
            job = start_import(
                {**params, "mode": mode, "filename": name}, data, mapping
            )
        except Refusal as refusal:
            raise BadRequest(self.t(refusal.args[0])) from refusal
        url = f"{self.portal_url}/@jobs/{job.id}"
        self.request.response.setStatus(202)
        self.request.response.setHeader("Location", url)
        return {
            "@id": url,
            "id": job.id,
            "state": job.state,
            "rows": f"{url}/rows",
            "page": f"{self.portal_url}/@@job?id={job.id}",
        }

    def _multipart(self) -> tuple[dict[str, Any], bytes, bytes | None, str]:
        form = self.request.form
        data = uploaded(form.get("file"), LARGEST)
        mapping = uploaded(form.get("mapping_file"), LARGEST_MAPPING) or None
        name = getattr(form.get("file"), "filename", "") or ""
        return form, data, mapping, str(name)

    def _json(self) -> tuple[dict[str, Any], bytes, bytes | None, str]:
        form = json_body(self.request)
        mapping = form.get("mapping_data")
        return (
            form,
            self._decoded(form.get("data")),
            self._decoded(mapping) if mapping is not None else None,
            str(form.get("filename") or ""),
        )

    def _decoded(self, text: Any) -> bytes:
        try:
            data = b64decode(text or "", validate=True)
        except (ValueError, TypeError) as error:
            raise Refusal(_("The file is not written in base64.")) from error
        if len(data) > LARGEST:
            raise Refusal(_("The file is too large. Divide it."))
        return data
