"""Confidential files: who reads which level, on every way to the bytes."""

from . import people
from plone import api
from plone.app.testing import login
from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import SITE_OWNER_PASSWORD
from plone.namedfile.file import NamedBlobFile
from Products.CMFCore.indexing import processQueue
from rest.client import Client
from zExceptions import Unauthorized
from zhinan.departments import confidentiality
from zhinan.departments.events import IConfidentialRead
from zhinan.exchange.siterecords import SiteRecords
from zhinan.forms import validation
from zhinan.interfaces import IZhinanLayer
from zhinan.rules import confidentiality as rules
from zhinan.rules.confidentiality import levels
from zhinan.rules.permissions import Holding
from zhinan.rules.permissions import words
from zope.component import getGlobalSiteManager
from zope.event import notify
from zope.interface import alsoProvides
from zope.lifecycleevent import ObjectModifiedEvent

import base64
import io
import PIL.Image
import pytest
import transaction
import zipfile


SECRET = "仅限内部的附件文字"
NAME = "机密附件.txt"


def text_file(text=SECRET, name=NAME):
    """A file with text."""
    return NamedBlobFile(text.encode(), "text/plain", name)


def picture():
    """A picture as seals have it."""
    buffer = io.BytesIO()
    PIL.Image.new("RGB", (64, 64), "red").save(buffer, "PNG")
    return buffer.getvalue()


class TestLevels:
    """Protects: the table of levels, and its mistakes."""

    def test_table(self):
        names = list(levels().by_name)
        assert names == ["public", "applicant", "departments", "restricted"]
        assert [level.open for level in levels().by_name.values()] == [
            True,
            False,
            False,
            False,
        ]
        assert levels().default("Authorisation").name == "restricted"
        assert levels().default("FormVersion").name == "public"

    def test_strictest(self):
        assert levels().strictest(["public", "restricted"]).name == "restricted"
        # What nobody knows any more stays shut.
        assert levels().strictest(["public", "gone"]).name == "restricted"

    @pytest.mark.parametrize(
        ("level", "function", "department", "type_", "admitted"),
        [
            ("public", "reader", "bing", "FormVersion", True),
            ("applicant", "window", "", "FormVersion", True),
            ("applicant", "editor", "bing", "FormVersion", False),
            ("departments", "reader", "jia", "FormVersion", True),
            ("departments", "reader", "yi", "FormVersion", True),
            ("departments", "window", "", "FormVersion", False),
            ("restricted", "handler", "jia", "FormVersion", True),
            ("restricted", "handler", "yi", "FormVersion", False),
            ("restricted", "editor", "jia", "FormVersion", False),
            ("restricted", "head", "jia", "FormVersion", True),
            ("restricted", "supervision", "", "FormVersion", True),
            ("restricted", "window", "", "FormVersion", False),
            ("restricted", "window", "", "Authorisation", True),
        ],
    )
    def test_readers(self, level, function, department, type_, admitted):
        holding = Holding(function, department)
        found = levels().by_name[level].admits([holding], type_, "jia", ["yi"])
        assert found == admitted

    @pytest.mark.parametrize(
        "line",
        [
            'right = "fly"',
            'right = "view"\nreaders = [{ functions = "boss", whose = "own" }]',
            'right = "view"\nreaders = [{ functions = "head", whose = "mine" }]',
            'right = "view"\nreaders = [{ functions = "window", whose = "own" }]',
        ],
    )
    def test_mistakes_are_errors(self, line):
        text = '[levels.a]\ntitle=""\ntitle_en=""\nhelp=""\nhelp_en=""\n' + line
        with pytest.raises(rules.LevelsError):
            rules.read_levels(text, words())


@pytest.fixture
def site(integration):
    """Three departments and their people."""
    portal = integration["portal"]
    login(integration["app"], SITE_OWNER_NAME)
    people.add_departments(portal)
    people.add_people()
    alsoProvides(portal.REQUEST, IZhinanLayer)
    return portal


@pytest.fixture
def told():
    """The events of reading."""
    found = []

    def listen(event):
        found.append((event.object.getId(), event.field))

    manager = getGlobalSiteManager()
    manager.registerHandler(listen, (IConfidentialRead,))
    yield found
    manager.unregisterHandler(listen, (IConfidentialRead,))


def form_version(site, state="published", **values):
    """A form whose files have text."""
    guide, material, version = people.create(site, "MatterGuide", state)
    version.blank_form = text_file("公开的空白表", "空白表.txt")
    version.filled_sample = text_file()
    for name, value in values.items():
        setattr(version, name, value)
    notify(ObjectModifiedEvent(version))
    processQueue()
    return guide, material, version


ROWS = [{"file": "filled_sample", "level": "restricted"}]


class TestWho:
    """Protects: each level admits whom the table names, and nobody else."""

    @pytest.mark.parametrize(
        ("level", "allowed"),
        [
            ("public", {"editor_own", "editor_any", "window_any", "head_own"}),
            ("applicant", {"editor_own", "editor_co", "window_any", "head_own"}),
            ("departments", {"editor_own", "editor_co", "head_own", "handler_own"}),
            ("restricted", {"handler_own", "head_own", "supervision_any"}),
        ],
    )
    def test_form(self, site, level, allowed):
        _guide, _material, version = form_version(site, confidentiality=level)
        asked = allowed | {"editor_any", "handler_co", "agent_any", "nobody"}
        found = set()
        for name in sorted(asked):
            login(site, name)
            if confidentiality.may_read(version, "blank_form"):
                found.add(name)
        assert found & {"editor_own", "editor_any"} == allowed & {
            "editor_own",
            "editor_any",
        }
        assert allowed <= found
        if level == "restricted":
            assert found == allowed

    def test_one_file_may_be_stricter(self, site):
        _guide, _material, version = form_version(site, file_levels=ROWS)
        login(site, "editor_own")
        assert confidentiality.may_read(version, "blank_form")
        assert not confidentiality.may_read(version, "filled_sample")
        version.confidentiality = "restricted"
        version.file_levels = [{"file": "filled_sample", "level": "public"}]
        assert not confidentiality.may_read(version, "filled_sample")

    def test_seals_are_shut_where_nobody_chose(self, site):
        (seal,) = people.create(site, "ApprovalSeal", "in_force")
        found = set()
        for name in ("editor_own", "publisher_own", "publisher_co", "window_any"):
            login(site, name)
            if confidentiality.may_read(seal, "impression"):
                found.add(name)
        assert found == {"publisher_own", "window_any"}

    def test_substitutes_read_in_the_place_of_the_absent(self, site, monkeypatch):
        _guide, _material, version = form_version(site, confidentiality="restricted")
        monkeypatch.setattr(
            "zhinan.departments.absences._standing_in",
            lambda user_id, site=None: [Standing()] if user_id == "editor_own" else [],
        )
        login(site, "editor_own")
        assert confidentiality.may_read(version, "blank_form")

    def test_reading_is_an_event(self, site, told):
        _guide, _material, version = form_version(site, file_levels=ROWS)
        login(site, "head_own")
        confidentiality.read(version, "blank_form")
        assert told == []
        confidentiality.read(version, "filled_sample")
        assert told == [(version.getId(), "filled_sample")]
        login(site, "editor_own")
        with pytest.raises(Unauthorized):
            confidentiality.read(version, "filled_sample")
        assert len(told) == 1


class Standing:
    """An absence of the head."""

    person = "head_own"


class TestChoosing:
    """Protects: nobody opens a file that he or she may not read."""

    @pytest.mark.parametrize(
        ("name", "refused"), [("editor_own", True), ("site_administrator_any", True)]
    )
    def test_level_of_a_shut_file(self, site, name, refused):
        _guide, _material, version = form_version(
            site, "draft", confidentiality="restricted"
        )
        login(site, name)
        values = {"confidentiality": "public", "file_levels": None}
        found = validation.problems("FormVersion", version, values)
        assert ("level_locked" in [p.id for p in found]) == refused
        same = {"confidentiality": "restricted", "title": "新名称"}
        found = validation.problems("FormVersion", version, same)
        assert [p.id for p in found] == []

    def test_shutting_is_free(self, site):
        _guide, _material, version = form_version(site, "draft")
        login(site, "editor_own")
        values = {"confidentiality": "restricted"}
        assert list(validation.problems("FormVersion", version, values)) == []

    def test_old_version_does_not_open_it(self, site):
        _guide, _material, version = form_version(site, "draft")
        repository = api.portal.get_tool("portal_repository")
        repository.save(version, comment="公开的")
        version.confidentiality = "restricted"
        notify(ObjectModifiedEvent(version))
        old = repository.retrieve(version, 0).object
        assert old.confidentiality == "restricted"
        repository.revert(version, 0)
        assert confidentiality.level_of(version).name == "restricted"


class TestText:
    """Protects: what is shut is found by nobody, whoever searches."""

    def find(self, text):
        processQueue()
        return {b.portal_type for b in api.content.find(SearchableText=text)}

    def test_form(self, site):
        _guide, _material, version = form_version(site, file_levels=ROWS)
        login(site.aq_parent, SITE_OWNER_NAME)
        assert "FormVersion" in self.find("公开的空白表")
        assert self.find(SECRET) == set()
        version.file_levels = None
        notify(ObjectModifiedEvent(version))
        assert "FormVersion" in self.find(SECRET)

    def test_document(self, site):
        (policy,) = people.create(site, "PolicyDocument", "published")
        part = api.content.create(policy, "File", "fujian", file=text_file())
        notify(ObjectModifiedEvent(policy))
        login(site.aq_parent, SITE_OWNER_NAME)
        assert self.find(SECRET) == {"PolicyDocument", "File"}
        policy.file_levels = [{"file": "fujian", "level": "departments"}]
        notify(ObjectModifiedEvent(policy))
        assert self.find(SECRET) == set()
        assert not confidentiality.is_open(part, "file")
        (brain,) = api.content.find(portal_type="File")
        assert not brain.getObjSize


class TestExport:
    """Protects: exports and packages leave out what the person may not read."""

    @pytest.mark.parametrize(
        ("name", "has"), [("editor_own", False), ("head_own", True)]
    )
    def test_records(self, site, told, name, has):
        guide, _material, _version = form_version(site, file_levels=ROWS)
        login(site, name)
        records = SiteRecords(site)
        record = records.record("/".join(guide.getPhysicalPath()))
        values = record.children[0].children[0].values
        assert values["blank_form"] is not None
        assert (values["filled_sample"] is not None) == has
        if has:
            with records.open(values["filled_sample"]) as stream:
                assert stream.read().decode() == SECRET
        assert bool(told) == has

    def test_revisions_tell_nothing(self, site):
        from zhinan.publishing.interfaces import IPublicContent

        guide, _material, _version = form_version(site, file_levels=ROWS)
        content = IPublicContent(guide).content()
        (form,) = content["materials"][0]["forms"]
        assert set(form["files"]) == {"blank_form"}
        assert NAME not in str(content)


PASSWORD = "gong-kai-2026-ceshi"


@pytest.fixture
def served(functional):
    """A published form, a seal and a document over HTTP, each with a shut file."""
    portal = functional["portal"]
    login(functional["app"], SITE_OWNER_NAME)
    people.add_departments(portal)
    people.add_people()
    alsoProvides(portal.REQUEST, IZhinanLayer)
    guide, material, version = form_version(portal, file_levels=ROWS)
    (seal,) = people.create(portal, "ApprovalSeal", "in_force")
    seal.impression = NamedBlobFile(picture(), "image/png", NAME)
    notify(ObjectModifiedEvent(seal))
    (policy,) = people.create(portal, "PolicyDocument", "published")
    part = api.content.create(policy, "File", "fujian", file=text_file())
    policy.confidentiality = "restricted"
    notify(ObjectModifiedEvent(policy))
    for obj in (version, seal):
        portal.portal_repository.save(obj, comment="x")
    for name in ("editor_own", "handler_own", "head_own", "window_any"):
        portal.acl_users.source_users.updateUserPassword(name, PASSWORD)
    transaction.commit()
    base = portal.absolute_url()
    paths = {
        name: obj.absolute_url().removeprefix(f"{base}/")
        for name, obj in {
            "guide": guide,
            "material": material,
            "version": version,
            "seal": seal,
            "policy": policy,
            "part": part,
        }.items()
    }

    def ask(name, path, **headers):
        auth = (name, PASSWORD) if name else None
        if name == SITE_OWNER_NAME:
            auth = (SITE_OWNER_NAME, SITE_OWNER_PASSWORD)
        with Client(base, auth) as client:
            return client.get(path.format(**paths), headers=headers)

    return ask


HTML = {"Accept": "text/html"}
#: Addresses that give the bytes of a file, and the start of these bytes.
BYTES = [
    "{version}/@@download/filled_sample",
    "{version}/@@download/filled_sample/x.txt",
    "{version}/@@display-file/filled_sample",
    "{version}/@@filled-sample",
    "{material}/@@filled-sample",
    "{part}/@@download/file",
    "{part}/@@display-file/file",
    "{part}/@@download",
    "{seal}/@@download/impression",
    "{seal}/@@images/impression",
    "{seal}/@@images/impression/thumb",
]
#: Addresses that must not give them to somebody who may not have them.
DOUBTFUL = [
    *BYTES,
    "{version}",
    "{version}/view",
    "{version}/filled_sample",
    "{version}/filled_sample/data",
    "{version}/files",
    "{version}/file_levels",
    "{version}/manage_DAVget",
    "{version}/manage_FTPget",
    "{version}/get_size",
    "{version}/edit",
    "{version}/@@edit/++widget++form.widgets.filled_sample/@@download",
    "{version}/@@download-version?version_id=0&field_id=filled_sample",
    "{version}/@@version-view?version_id=0",
    "{version}/versions_history_form?version_id=0",
    "{version}/@@history?one=0&two=current",
    "{part}",
    "{part}/view",
    "{part}/manage_DAVget",
    "{part}/manage_FTPget",
    "{part}/file",
    "{part}/file/data",
    "{seal}",
    "{seal}/view",
    "{seal}/impression",
    "{seal}/impression/data",
    "{seal}/manage_DAVget",
    "{policy}",
    "{material}",
    "{guide}",
    "{guide}/@@download-all",
]
REST = [
    "{version}",
    "{version}/@history/0",
    "{material}",
    "{material}/@forms",
    "{guide}?expand=materials",
    "{guide}/@materials",
    "{part}",
    "{policy}",
    "{policy}?fullobjects=1",
    "{seal}",
    "{seal}/@history/0",
    "@search?portal_type=FormVersion&fullobjects=1",
    "@search?portal_type=File&fullobjects=1",
    "@search?portal_type=File&metadata_fields=_all",
    "@search?SearchableText=仅限内部的附件文字",
    "@changes",
]


def leaks(answer):
    """What an answer gives of the shut files."""
    data = answer.content
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = b"".join(archive.read(name) for name in archive.namelist())
    found = [
        what
        for what in (SECRET.encode(), base64.b64encode(SECRET.encode())[:16])
        if what in data
    ]
    if b"PNG" in data[:8]:
        found.append("picture")
    return found


class TestEveryWay:
    """Protects: there is no way round the level, for the public or an editor."""

    @pytest.mark.parametrize("name", ["", "editor_own"])
    def test_bytes(self, served, name):
        found = {path: leaks(served(name, path, **HTML)) for path in DOUBTFUL}
        assert {path for path, what in found.items() if what} == set()

    @pytest.mark.parametrize("name", ["", "editor_own"])
    def test_names_and_sizes_in_rest(self, served, name):
        wrong = []
        for path in REST:
            answer = served(name, path)
            if NAME in answer.text or leaks(answer):
                wrong.append(path)
        assert wrong == []

    def test_names_on_pages(self, served):
        pages = ["{version}", "{material}", "{seal}", "{version}/edit", "{seal}/edit"]
        pages += ["{version}/@@history?one=0&two=current", "{version}/@@version-view"]
        wrong = [p for p in pages if NAME in served("editor_own", p, **HTML).text]
        assert wrong == []

    def test_who_may_has_it_on_every_way(self, served):
        for path in BYTES:
            name = "window_any" if path.startswith("{seal}") else "head_own"
            answer = served(name, path, **HTML)
            assert answer.status_code == 200, path
            assert leaks(answer), path
            assert "no-store" in answer.headers["Cache-Control"], path

    def test_scaled_picture_by_its_own_address(self, served):
        answer = served("window_any", "{seal}/@@images/impression/thumb", **HTML)
        assert answer.status_code == 200
        assert served("editor_own", "{seal}/@@images/impression/thumb").status_code in {
            302,
            401,
        }

    def test_rest_says_that_there_is_one(self, served):
        body = served("editor_own", "{version}").json()
        assert body["filled_sample"]["confidentiality"]["token"] == "restricted"
        assert set(body["filled_sample"]) == {"confidentiality"}
        assert set(body["files"]["filled_sample"]) == {"confidentiality"}
        assert body["files"]["blank_form"]["size"]
        assert served("head_own", "{version}").json()["filled_sample"]["size"]

    def test_attributes_are_no_pages(self, served):
        for name in ("title", "owner_department", "files", "_zhinan_granted"):
            assert served("", "{guide}/" + name, **HTML).status_code in {404, 302, 403}
