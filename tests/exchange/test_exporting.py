"""Exports as jobs: from the page, by REST, and never more than the person may see."""

from .books import template
from plone import api
from plone.app.testing import logout
from plone.protect.authenticator import createToken
from zExceptions import BadRequest
from zExceptions import Forbidden
from zExceptions import Unauthorized
from zhinan.exchange import exporting
from zhinan.exchange.package import Package
from zhinan.exchange.package import read_json
from zhinan.exchange.siterecords import SiteRecords
from zhinan.exchange.workbook.read import read
from zhinan.interfaces import IZhinanLayer
from zhinan.jobs import runner
from zhinan.jobs import store
from zhinan.rules.interchange import json_schema
from zhinan.testing import act_as
from zope.interface import alsoProvides

import json
import jsonschema
import pytest
import transaction


@pytest.fixture
def portal(demo_functional):
    """The demonstration site for an editor, who may run jobs."""
    alsoProvides(demo_functional["request"], IZhinanLayer)
    site = demo_functional["portal"]
    act_as(site, "editor", department="fgw")
    return site


def made(site, **params):
    """A finished export: the job, and name and bytes of its file."""
    job = store.start(exporting.JOB, exporting.checked(params))
    job_id = job.id
    transaction.commit()
    runner.run_waiting(site)
    job = store.get(job_id)
    assert (job.state, job.reason) == ("done", None)
    ((name, file),) = job.files.items()
    with file.blob.open() as stream:
        return job, name, stream.read()


def test_a_job_makes_each_format(portal):
    """The file is attached under a name that tells when it was made."""
    job, name, data = made(portal, format="json", departments=["zjj"])
    assert name.startswith("zhinan-20") and name.endswith(".json")
    guides = [r for r in read_json(data) if r.portal_type == "MatterGuide"]
    assert guides and {g.values["department"] for g in guides} == {"zjj"}
    assert job.done == job.total == sum(job.counts.values())
    _job, name, data = made(portal, format="xlsx", states=["published"])
    kinds = {r.portal_type for r in read(data)}
    assert kinds == {"Department", "MatterGuide"}
    for fmt in ("national-xlsx", "national-json"):
        assert made(portal, format=fmt)[1].startswith("zhinan-national-20")


def test_a_job_in_many_batches(portal, tmp_path, monkeypatch):
    """One record a batch gives the same file as all at once."""
    monkeypatch.setattr(exporting, "_BATCH", 0.0)
    batches = []

    def one_more(self, run, batch=exporting.ExportJob.batch):
        monkeypatch.setattr(exporting, "monotonic", iter([0.0, -1.0, 1.0]).__next__)
        batches.append(run.checkpoint)
        return batch(self, run)

    monkeypatch.setattr(exporting.ExportJob, "batch", one_more)
    _job, _name, data = made(portal, format="zip", departments=["zjj"])
    monkeypatch.undo()
    path = tmp_path / "once.zip"
    exporting.export(portal, "zip", path, ["zjj"])
    with Package(data) as found, Package(path) as wanted:
        assert list(found.records()) == list(wanted.records())
    assert batches == [None, *range(1, len(batches))]


def test_begun_anew_where_a_batch_was_undone(portal):
    """What an undone batch wrote does not stand in the file twice."""
    job = store.start(exporting.JOB, exporting.checked({"format": "json"}))
    job_id = job.id
    transaction.commit()
    lost = []

    class Lost(Exception):
        pass

    original = SiteRecords.record

    def once(self, path):
        if len(lost) == 0 and path.endswith("guides/621002001000"):
            lost.append(path)
            raise transaction.interfaces.TransientError
        return original(self, path)

    SiteRecords.record = once
    try:
        runner.run_waiting(portal)
    finally:
        SiteRecords.record = original
    job = store.get(job_id)
    assert job.state == "done" and lost
    ((_name, file),) = job.files.items()
    with file.blob.open() as stream:
        records = list(read_json(stream.read()))
    assert all(not record.findings for record in records)
    assert sum(r.portal_type == "MatterGuide" for r in records) == 32


def test_only_what_may_be_viewed(portal, tmp_path):
    """A draft of others, and a material that is private, do not appear."""
    path = tmp_path / "x.json"
    with api.env.adopt_roles(["Manager"]):
        guide = portal.guides["621002001000"]
        api.content.transition(guide, "retract", comment="误发")
        hidden = next(iter(portal.guides["621002002000"].objectValues()))
        hidden.manage_permission("View", ["Manager"])
    exporting.export(portal, "json", path, restricted=False)
    everything = list(read_json(path.read_bytes()))
    logout()
    exporting.export(portal, "json", path, registers=True)
    seen = list(read_json(path.read_bytes()))
    uids = {r.uid for r in everything} - {r.uid for r in seen}
    assert guide.UID() in uids
    assert not {r.portal_type for r in seen} & {"ApprovalSeal", "Authorisation"}
    materials = {m.uid for r in seen for m in r.children or ()}
    assert hidden.UID() not in materials
    assert len(materials) > 100


def test_who_may_start_an_export(portal):
    """Staff may, others may not."""
    act_as(portal)
    with pytest.raises(store.NotStarted):
        store.start(exporting.JOB, {"format": "json"})
    for name in ("export", "import-template"):
        with pytest.raises(Unauthorized):
            portal.restrictedTraverse(f"@@{name}")


def test_the_page(portal):
    """The form, a choice that is refused, and the way to the job."""
    request = portal.REQUEST
    view = portal.restrictedTraverse("@@export")
    body = view()
    assert "开始导出" in body and "国家交换表" in body and "市住建局" in body
    request.method = "POST"
    request.form.update({"format": "doc", "_authenticator": createToken()})
    assert "请选择格式" in portal.restrictedTraverse("@@export")()
    request.form.update({"format": "zip", "departments": ["zjj"]})
    assert portal.restrictedTraverse("@@export")() == ""
    location = request.response.getHeader("Location")
    job = store.get(location.partition("id=")[2])
    assert job.params == {
        "format": "zip",
        "departments": ["zjj"],
        "states": [],
        "registers": False,
    }
    # The button pressed twice makes one job.
    portal.restrictedTraverse("@@export")()
    assert request.response.getHeader("Location") == location
    request.form["_authenticator"] = "made up"
    with pytest.raises(Forbidden):
        portal.restrictedTraverse("@@export")()


def test_the_template_of_the_site(portal):
    """The empty workbook with this site's departments; the same without a site."""
    data = portal.restrictedTraverse("@@import-template")()
    assert list(read(data)) == []
    assert len(data) == pytest.approx(len(template()), rel=0.2)


def test_rest(portal):
    """An export by REST, the schema, the template, one guide."""
    from zhinan.exchange import exportservices

    request = portal.REQUEST

    def reply(factory, context, body=None):
        request.set("BODY", json.dumps(body or {}))
        service = factory()
        service.context, service.request = context, request
        return service.reply()

    answer = reply(exportservices.ExportPost, portal, {"format": "json"})
    assert request.response.getStatus() == 202
    assert answer["@id"] == f"{portal.absolute_url()}/@jobs/{answer['id']}"
    for body in ({}, {"format": "doc"}, {"format": "json", "departments": 5}):
        with pytest.raises(BadRequest):
            reply(exportservices.ExportPost, portal, body)
    schema = reply(exportservices.ExportSchemaGet, portal)
    assert schema == json_schema()
    guide = portal.guides["621002001000"]
    document = reply(exportservices.ExportGuideGet, guide)
    jsonschema.Draft202012Validator(schema).validate(document)
    (record,) = read_json(json.dumps(document).encode())
    assert record.values["title"] == guide.title
    assert len(record.children) == len(guide.objectIds())
