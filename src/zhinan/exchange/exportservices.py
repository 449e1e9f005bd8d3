"""REST of exports: start one, the template, the schema, one guide."""

from .exporting import now
from .exportpage import start
from .guidebook import offer
from .guidebook import template
from .guidebook import template_name
from .package import as_json
from .siterecords import SiteRecords
from .workbook.write import XLSX
from plone.protect.interfaces import IDisableCSRFProtection
from plone.restapi.deserializer import json_body
from plone.restapi.services import Service
from typing import Any
from zExceptions import BadRequest
from zExceptions import Forbidden
from zhinan.jobs.interfaces import NotStarted
from zhinan.rules.interchange import FORMAT
from zhinan.rules.interchange import json_schema
from zhinan.rules.interchange import VERSION
from zope.i18n import translate
from zope.interface import alsoProvides


class ExportPost(Service):
    """``POST <site>/@export``: an export as a job."""

    def reply(self) -> dict[str, Any]:
        """202 with the address of the job; 400 when the choice is impossible."""
        alsoProvides(self.request, IDisableCSRFProtection)
        body = json_body(self.request)
        try:
            job = start(body if isinstance(body, dict) else {})
        except ValueError as error:
            sentence = translate(error.args[0], context=self.request)
            raise BadRequest(sentence) from error
        except NotStarted as error:
            raise Forbidden(translate(error.args[0], context=self.request)) from error
        address = f"{self.context.absolute_url()}/@jobs/{job.id}"
        self.request.response.setStatus(202)
        self.request.response.setHeader("Location", address)
        return {"@id": address, "id": job.id, "state": job.state}


class ExportGuideGet(Service):
    """``GET <guide>/@export``: the guide as a document of the exchange."""

    def reply(self) -> dict[str, Any]:
        """The document with this guide alone; files by name and checksum."""
        record = SiteRecords(self.context).record_of(self.context)
        return {
            "format": FORMAT,
            "version": VERSION,
            "exported": now().isoformat(timespec="seconds"),
            "guides": [as_json(record, paths=False)],
        }


class ExportSchemaGet(Service):
    """``GET <site>/@export-schema``: the JSON Schema of the exchange."""

    def reply(self) -> dict[str, Any]:
        """The schema, made from the tables of elements."""
        return json_schema()


class ExportTemplateGet(Service):
    """``GET <site>/@export-template``: the empty workbook."""

    def render(self) -> bytes:
        """The file itself, not JSON."""
        self.check_permission()
        data = template()
        offer(self.request.response, template_name(), XLSX)
        return data
