"""The catalogue, seals and authorisations on pages and in REST, by who may what."""

from .conftest import create
from hashlib import sha256
from io import BytesIO
from lxml import html
from openpyxl import load_workbook
from plone import api
from plone.app.testing import login
from plone.app.testing import setRoles
from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import SITE_OWNER_PASSWORD
from plone.app.testing import TEST_USER_ID
from plone.app.testing import TEST_USER_NAME
from plone.namedfile import NamedBlobFile
from rest.client import Client
from urllib.parse import unquote
from zhinan.pages import pagecache
from zhinan.registers import releases
from zhinan.registers import seals
from zhinan.testing import add_person
from zhinan.testing import publish
from zope.lifecycleevent import modified

import base64
import pytest
import transaction


PASSWORD = "bian-ji-2026-ceshi"
PEOPLE = {
    "bianji": ("editor",),
    "shenhe": ("reviewer", "publisher"),
    "chakan": ("reader",),
    "chengyuan": (),
}
FOLDER = "registers/catalogue-entry"
SEAL, PAPER = "registers/approval-seal/yin", "registers/authorisation/shu"
GUIDE = "guides/620199001000"
SECRET = "示例保管人甲"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)
REFUSED = {302, 401, 403, 404}


@pytest.fixture
def site(functional):
    """Two entries, a guide, a seal and an authorisation; and people."""
    pagecache.PAGES.clear()
    portal = functional["portal"]
    setRoles(portal, TEST_USER_ID, ["Manager"])
    login(portal, TEST_USER_NAME)
    owner = api.content.create(
        portal["departments"],
        "Department",
        title="示例局",
        short_name="示例局",
        code="shili",
        credit_code="11620200000000019K",
    )
    api.content.transition(owner, to_state="published")
    entry = create(
        portal,
        "CatalogueEntry",
        id="620199001000",
        entrusted=True,
        visit_promise="none",
    )
    create(
        portal,
        "CatalogueEntry",
        title="=1+1",
        catalog_code="620199002000",
        in_hall=True,
    )
    guide = api.content.create(
        portal["guides"],
        "MatterGuide",
        id="620199001000",
        title="示例事项",
        description="一句话",
        department="shili",
        catalog_code=entry.catalog_code,
        matter_type="01",
    )
    publish(guide)
    blob = NamedBlobFile(PNG, contentType="image/png", filename="章.png")
    create(portal, "ApprovalSeal", id="yin", keeper=SECRET, impression=blob)
    create(portal, "Authorisation", id="shu", holder=SECRET, paper=blob)
    for name, functions in PEOPLE.items():
        add_person(name, PASSWORD, *functions, department="shili")
    transaction.commit()
    return portal


@pytest.fixture
def client(site):
    """Make a client, for nobody or for a person."""
    made = []

    def make(name=""):
        auth = (name, PASSWORD) if name else None
        made.append(Client(site.absolute_url(), auth))
        return made[-1]

    yield make
    for one in made:
        one.close()


def page(client, path):
    """A page as a browser gets it."""
    return client.get(path, headers={"Accept": "text/html"})


def send(client, path, shown=None, **values):
    """Send the form of a page with its token."""
    tree = html.fromstring(page(client, shown or path).text)
    (token, *_more) = tree.xpath("//main//input[@name='_authenticator']/@value")
    hidden = {
        i.get("name"): i.get("value")
        for i in tree.xpath("//main//input[@type='hidden']")
    }
    data = {**hidden, "_authenticator": token, **values}
    return client.post(path, data=data, headers={"Accept": "text/html"})


def release(site, **values):
    """A release made by somebody who may."""
    made = releases.release({"title": "目录", "date": "2026-09-01", **values})
    transaction.commit()
    return made


@pytest.fixture(autouse=True)
def day(monkeypatch):
    """The tests' today."""
    import datetime

    today = datetime.date(2026, 9, 10)
    monkeypatch.setattr(releases, "today", lambda: today)
    monkeypatch.setattr(seals, "today", lambda: today)


def test_without_a_release_the_page_says_so(client):
    """No entry is shown before the first release; every address answers."""
    public = client()
    answer = page(public, FOLDER)
    assert answer.status_code == 200
    assert "指导目录还没有发布" in answer.text and "示例事项" not in answer.text
    assert "还没有两版可以比较" in page(public, f"{FOLDER}/changes").text
    for path in (
        f"{FOLDER}/release/1",
        f"{FOLDER}/release",
        f"{FOLDER}/@@release-json",
    ):
        assert page(public, path).status_code == 404, path
    found = public.get("@catalogue").json()
    assert (found["items"], found["releases"], found["number"]) == ([], [], None)


def test_the_public_reads_releases(site, client):
    """Today's at once, an older one at its address for good."""
    public = client()
    assert "还没有发布" in page(public, FOLDER).text
    release(site)
    text = page(public, FOLDER).text
    assert "示例事项" in text and "第1版" in text and f"{GUIDE}" in text
    entry = site["registers"]["catalogue-entry"]["620199001000"]
    entry.title = "改了名的事项"
    modified(entry)
    transaction.commit()
    assert "改了名的事项" not in page(public, FOLDER).text
    release(site, title="目录二")
    assert "改了名的事项" in page(public, FOLDER).text
    older = page(public, f"{FOLDER}/release/1").text
    assert "改了名的事项" not in older and "以前发布的一版" in older
    assert "以前发布的一版" not in page(public, f"{FOLDER}/release/2").text
    changes = page(public, f"{FOLDER}/changes?from=1&to=2").text
    assert "改了名的事项" in changes and "修改1项" in changes
    for path in ("release/3", "release/0", "release/x", "release/1/2", "release/١"):
        assert page(public, f"{FOLDER}/{path}").status_code == 404, path
    for query in ("from=1&to=9", "from=x", "from=1&from=2"):
        assert page(public, f"{FOLDER}/changes?{query}").status_code == 404, query


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("q=示例", {"示例事项"}),
        ("q=620199002000", {"=1+1"}),
        ("visit_promise=none", {"示例事项"}),
        ("in_hall=1", {"=1+1"}),
        ("in_hall=what", {"示例事项", "=1+1"}),
        ("department=shili", {"示例事项", "=1+1"}),
        ("q=没有", set()),
    ],
)
def test_the_catalogue_is_searched_and_narrowed(site, client, query, shown):
    """By name, by code and by filters."""
    release(site)
    tree = html.fromstring(page(client(), f"{FOLDER}?{query}").text)
    rows = tree.xpath("//table[contains(@class, 'zn-catalogue')]//tbody//th")
    names = {
        name
        for name in ("示例事项", "=1+1")
        for row in rows
        if name in row.text_content()
    }
    assert names == shown


def test_downloads(site, client):
    """Bytes that the hash is of, readable names, 304; text that looks like a formula."""
    made = release(site, title="目录/一")
    public = client()
    answer = public.get(f"{FOLDER}/@@release-json?number=1")
    assert sha256(answer.content).hexdigest() == made.sha256
    assert answer.headers["ETag"] == f'"{made.sha256}"'
    name = unquote(answer.headers["Content-Disposition"].split("''")[1])
    assert name == "目录／一（第1版 2026-09-01）.json"
    for path in ("@@release-json?number=1", "@@release-xlsx"):
        tag = public.get(f"{FOLDER}/{path}").headers["ETag"]
        again = public.get(f"{FOLDER}/{path}", headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
    sheet = load_workbook(
        BytesIO(public.get(f"{FOLDER}/@@release-xlsx").content)
    ).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][:2] == ["事项名称", "基本编码"]
    assert [row[0] for row in rows[1:]] == ["示例事项", "=1+1"]
    assert sheet["A3"].data_type == "s"
    for number in ("2", "x", "-1", "1&number=2"):
        path = f"{FOLDER}/@@release-json?number={number}"
        assert public.get(path).status_code == 404, number


def test_a_release_is_drafted_and_made_on_its_page(site, client):
    """The editor drafts, the reviewer releases; a second click releases nothing."""
    path = f"{FOLDER}/@@new-release"
    editor, reviewer = client("bianji"), client("shenhe")
    answer = send(editor, path, step="draft", title="第一版", date="2026-09-01")
    assert answer.status_code == 303
    text = page(reviewer, path).text
    assert "第一版" in text and "新增2项" in text and "立即发布" in text
    assert "立即发布" not in page(editor, path).text
    values = {"step": "release", "title": "第一版", "date": "2026-09-01"}
    assert send(editor, path, **values).status_code in REFUSED
    tree = html.fromstring(text)
    hidden = {i.get("name"): i.get("value") for i in tree.xpath("//main//input")}
    sent = {**hidden, **values}
    html_only = {"Accept": "text/html"}
    without = {k: v for k, v in sent.items() if k != "_authenticator"}
    assert reviewer.post(path, data=without, headers=html_only).status_code == 403
    answer = reviewer.post(path, data=sent, headers=html_only)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/release/1")
    again = reviewer.post(path, data=sent, headers=html_only)
    assert again.status_code == 200 and "已有人发布了新的一版" in again.text
    assert len(reviewer.get("@catalogue").json()["releases"]) == 1


@pytest.mark.parametrize(
    ("path", "readers"),
    [
        (f"{FOLDER}/@@new-release", {"bianji", "shenhe"}),
        ("@@catalogue-check", {"bianji", "shenhe", "chakan"}),
        ("@@catalogue-check-xlsx", {"bianji", "shenhe", "chakan"}),
        ("@@seals", {"bianji", "shenhe", "chakan"}),
        ("@@seals?register=approval_seal", {"bianji", "shenhe", "chakan"}),
        (SEAL, {"bianji", "shenhe", "chakan"}),
        (PAPER, {"bianji", "shenhe", "chakan"}),
        # Impressions and papers are restricted: seen by fewer than what tells of them.
        (f"{SEAL}/@@download/impression", {"shenhe"}),
        (f"{SEAL}/@@display-file/impression", {"shenhe"}),
        (f"{SEAL}/@@images/impression", set()),
        (f"{SEAL}/@@uses-xlsx", {"bianji", "shenhe", "chakan"}),
        (f"{PAPER}/@@download/paper", {"shenhe"}),
    ],
)
def test_who_opens_what(client, path, readers):
    """Each page and file for exactly these; the public and mere members never."""
    for name in ("", *PEOPLE):
        answer = page(client(name), path)
        if name in readers:
            assert answer.status_code == 200, name
        elif name in {"", "chengyuan"} or "@@images" not in path:
            assert answer.status_code in REFUSED, name
            assert SECRET not in answer.text and PNG not in answer.content


@pytest.mark.parametrize(
    ("path", "readers"),
    [
        ("@catalogue", {"", *PEOPLE}),
        ("@catalogue-check", {"bianji", "shenhe", "chakan"}),
        (f"{GUIDE}/@authorisation", {"bianji", "shenhe", "chakan"}),
        (SEAL, {"bianji", "shenhe", "chakan"}),
        (PAPER, {"bianji", "shenhe", "chakan"}),
    ],
)
def test_who_reads_what_in_rest(client, path, readers):
    """The same in REST."""
    for name in ("", *PEOPLE):
        answer = client(name).get(path)
        if name in readers:
            assert answer.status_code == 200, name
        else:
            assert answer.status_code in {401, 403}, name
            assert SECRET not in answer.text


def test_nothing_internal_is_found(client):
    """Neither name nor keeper in listing, search, sitemap or navigation."""
    public = client()
    for path in (
        "registers",
        "@search?SearchableText=示例保管人甲",
        "@search?portal_type=ApprovalSeal&metadata_fields=_all",
        "@search?portal_type=Authorisation&fullobjects=1",
        "registers/@search?sort_on=path&metadata_fields=_all",
        "@navigation?expand.navigation.depth=4",
        "registers?expand=navigation",
    ):
        text = public.get(path).text
        assert SECRET not in text, path
        for address in ("approval-seal/yin", "authorisation/shu"):
            assert address not in text, path
    found = html.fromstring(page(public, f"@@search?SearchableText={SECRET}").text)
    assert not found.xpath("//ul[contains(@class, 'zn-results')]/li")


def test_the_use_of_a_seal_on_its_page(site, client):
    """Who works with it writes; a mistake is told; nobody else may write."""
    values = {
        "day": "2026-09-02",
        "matter": "示例件1号",
        "impressions": "2",
        "note": "",
    }
    editor = client("bianji")
    assert send(editor, SEAL, **values).status_code == 303
    wrong = send(editor, SEAL, **{**values, "impressions": "0"})
    assert wrong.status_code == 200 and "请填写用印次数" in wrong.text
    fix = {**values, "impressions": "1", "corrects": "1", "note": "多写一份"}
    assert send(editor, SEAL, **fix).status_code == 303
    text = page(client("chakan"), SEAL).text
    assert "累计用印1次" in text and "已由第1条更正" not in text
    assert "已由第2条更正" in text and "登记用印" not in text
    rows = load_workbook(BytesIO(editor.get(f"{SEAL}/@@uses-xlsx").content)).active
    assert [cell.value for cell in rows[2]][1:4] == ["2026-09-02", "示例件1号", "2"]
    without = editor.post(SEAL, data=values, headers={"Accept": "text/html"})
    assert without.status_code == 403
    for name in ("", "chengyuan", "chakan", "shenhe"):
        stranger = client(name)
        answer = stranger.post(SEAL, data=values, headers={"Accept": "text/html"})
        assert answer.status_code in REFUSED, name
    token = html.fromstring(page(client("chakan"), "@@seals").text)
    assert not token.xpath("//main//form")
    transaction.begin()
    assert len(seals.uses(site["registers"]["approval-seal"]["yin"].UID())) == 2


def test_the_staff_sees_how_a_matter_is_authorised(client):
    """On guide and entry; the public reads nothing of it."""
    entry = f"{FOLDER}/620199001000"
    for path in (GUIDE, entry):
        assert "由SQ-1授权示例窗口办理" in page(client("bianji"), path).text
        for name in ("", "chengyuan"):
            assert "SQ-1" not in page(client(name), path).text
    found = client("bianji").get(f"{GUIDE}/@authorisation").json()
    assert (found["valid"], found["code"]) == (True, "covered")
    assert found["authorisations"][0]["number"] == "SQ-1"
    editor = client("bianji")
    other = editor.get(f"{GUIDE}/@authorisation?window=别的").json()
    assert (other["valid"], other["code"]) == (False, "other_window")
    early = editor.get(f"{GUIDE}/@authorisation?day=2025-01-01").json()
    assert early["code"] == "not_yet"
    assert editor.get(f"{GUIDE}/@authorisation?day=morgen").status_code == 400


def test_releases_in_rest(client):
    """Made by a reviewer, refused with the field, read by all."""
    body = {"title": "目录", "date": "2026-09-01", "follows": 0}
    assert client().post("@catalogue", json=body).status_code == 401
    for name in ("bianji", "chakan", "chengyuan"):
        assert client(name).post("@catalogue", json=body).status_code in {401, 403}
    reviewer = client("shenhe")
    for wrong, field in (
        ({"title": ""}, "title"),
        ({"title": 5}, "title"),
        ({"date": "x"}, "date"),
        ({"follows": "0"}, "follows"),
        ({"follows": 3}, ""),
    ):
        answer = reviewer.post("@catalogue", json={**body, **wrong})
        assert answer.status_code == 400, wrong
        assert answer.json()["errors"][0]["field"] == field
    answer = reviewer.post("@catalogue", json=body)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"].endswith("/@catalogue/1")
    assert reviewer.post("@catalogue", json=body).status_code == 400
    assert reviewer.post("@catalogue", json={**body, "follows": 1}).status_code == 201
    public = client()
    first = public.get("@catalogue/1")
    assert [item["title"] for item in first.json()["items"]] == ["示例事项", "=1+1"]
    tag = first.headers["ETag"]
    assert public.get("@catalogue/1", headers={"If-None-Match": tag}).status_code == 304
    found = public.get("@catalogue/1..2").json()
    assert (found["unchanged"], found["added"], found["changed"]) == (2, [], [])
    assert [r["number"] for r in public.get("@catalogue").json()["releases"]] == [2, 1]
    for path in ("9", "x", "1..9", "1..", "1/2"):
        assert public.get(f"@catalogue/{path}").status_code == 404, path


def test_the_stores_are_exported(site, client):
    """By managers alone."""
    release(site)
    for name in ("", "bianji", "shenhe"):
        assert page(client(name), "@@registers-json").status_code in REFUSED
    with Client(site.absolute_url(), (SITE_OWNER_NAME, SITE_OWNER_PASSWORD)) as admin:
        found = admin.get("@@registers-json").json()
    assert len(found["releases"]) == 1 and found["seal_uses"] == {}


def test_the_check_in_rest_and_on_its_page(client):
    """One entry has no guide; narrowed by kind."""
    editor = client("bianji")
    found = editor.get("@catalogue-check").json()
    assert found["counts"] == {"no_guide": 1}
    assert found["items"][0]["entry"]["catalog_code"] == "620199002000"
    assert editor.get("@catalogue-check?kind=name").json()["items"] == []
    assert editor.get("@catalogue-check?kind=what").status_code == 400
    text = page(editor, "@@catalogue-check?kind=no_guide").text
    assert "=1+1" in text and "没有指南" in text
    assert "没有发现问题" in page(editor, "@@catalogue-check?kind=name").text
    data = editor.get("@@catalogue-check-xlsx").content
    rows = list(load_workbook(BytesIO(data)).active.iter_rows(values_only=True))
    assert len(rows) == 2 and rows[1][2:4] == ("620199002000", "=1+1")
