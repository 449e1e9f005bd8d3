"""Registers on public pages and in REST: complete for all, internal ones for staff."""

from .conftest import create
from .conftest import FOLDERS
from .conftest import INTERNAL
from io import BytesIO
from lxml import html
from openpyxl import load_workbook
from plone import api
from plone.app.testing import login
from plone.app.testing import setRoles
from plone.app.testing import TEST_USER_ID
from plone.app.testing import TEST_USER_NAME
from rest.client import Client
from zhinan.pages import pagecache
from zhinan.testing import add_person
from zhinan.testing import publish

import pytest
import transaction


PASSWORD = "bian-ji-2026-ceshi"
PUBLIC = sorted(set(FOLDERS) - INTERNAL)


@pytest.fixture
def site(functional):
    """An entry in force and a draft in each register."""
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
    for portal_type in FOLDERS:
        create(portal, portal_type, title=f"甲{portal_type}")
        number = {
            "ApprovalSeal": "seal_number",
            "Authorisation": "authorisation_number",
        }
        extra = {number[portal_type]: "X-2"} if portal_type in number else {}
        create(portal, portal_type, current=False, title=f"乙{portal_type}", **extra)
    add_person("bianji", PASSWORD, "editor", department="shili")
    transaction.commit()
    return portal


@pytest.fixture
def public(site):
    """A client without a login."""
    with Client(site.absolute_url()) as client:
        yield client


@pytest.fixture
def editor(site):
    """A client who writes entries."""
    with Client(site.absolute_url(), ("bianji", PASSWORD)) as client:
        yield client


def page(client, path):
    """A page as a browser gets it."""
    answer = client.get(path, headers={"Accept": "text/html"})
    return answer.status_code, answer.text


def list_of(portal_type):
    """Where the entries are listed; of the catalogue people read a release first."""
    folder = f"registers/{FOLDERS[portal_type]}"
    return f"{folder}/@@working-list" if portal_type == "CatalogueEntry" else folder


@pytest.mark.parametrize("portal_type", PUBLIC)
def test_a_public_register_is_read_by_all(public, portal_type):
    """Its list, its entry, its files, its REST; but no draft."""
    folder = f"registers/{FOLDERS[portal_type]}"
    status, text = page(public, list_of(portal_type))
    assert status == 200
    assert f"甲{portal_type}" in text
    assert f"乙{portal_type}" not in text
    (link,) = set(html.fromstring(text).xpath("//table//th/a/@href"))
    status, text = page(public, link)
    assert status == 200
    assert f"<h1>甲{portal_type}</h1>" in text
    answer = public.get(f"{folder}/@@list-xlsx")
    sheet = load_workbook(BytesIO(answer.content)).active
    assert [row[0].value for row in sheet.iter_rows()][1:] == [f"甲{portal_type}"]
    listed = public.get(f"{folder}/@@list-json").json()
    assert [item["title"] for item in listed["items"]] == [f"甲{portal_type}"]
    assert public.get(f"{folder}/@register").json()["items"] == listed["items"]
    found = public.get("@search", params={"portal_type": portal_type}).json()
    assert [item["title"] for item in found["items"]] == [f"甲{portal_type}"]


@pytest.mark.parametrize("portal_type", sorted(INTERNAL))
def test_an_internal_register_is_not_shown_to_the_public(public, portal_type):
    """No page, no list, no file, no REST, no search."""
    folder = f"registers/{FOLDERS[portal_type]}"
    secret = f"甲{portal_type}"
    entry = f"{folder}/jia-{portal_type.lower()}"
    for path in (folder, entry, f"{folder}/@@list-xlsx", f"{folder}/@@list-json"):
        status, text = page(public, path)
        assert status in {302, 401, 404}, path
        assert secret not in text
    for path in (folder, entry, f"{folder}/@register", f"{entry}/@history"):
        answer = public.get(path)
        assert answer.status_code in {401, 404}, path
        assert secret not in answer.text
    name = folder.rpartition("/")[2]
    assert public.get("@register", params={"name": name}).status_code == 401
    for asked in ({"portal_type": portal_type}, {"SearchableText": secret}):
        assert public.get("@search", params=asked).json()["items"] == []
    for path in ("registers", f"@@search?SearchableText={secret}", "sitemap"):
        assert f"jia-{portal_type.lower()}" not in page(public, path)[1]
    assert FOLDERS[portal_type] not in page(public, "registers")[1]


@pytest.mark.parametrize("portal_type", sorted(FOLDERS))
def test_the_staff_reads_every_register(editor, portal_type):
    """Drafts included, which are marked."""
    status, text = page(editor, list_of(portal_type))
    assert status == 200
    rows = html.fromstring(text).xpath("//table//tbody/tr/th")
    assert [row.xpath("string(a)") for row in rows] == [
        f"甲{portal_type}",
        f"乙{portal_type}",
    ]
    assert [bool(row.xpath("span")) for row in rows] == [False, True]
    assert FOLDERS[portal_type] in page(editor, "registers")[1]
    name = FOLDERS[portal_type]
    listed = editor.get("@register", params={"name": name}).json()
    assert listed["items_total"] == 2


def test_a_list_is_searched_and_narrowed(public):
    """By text and by the values of its filters; an empty result says what to do."""
    folder = "registers/legal-basis"
    assert "甲LegalBasis" in page(public, f"{folder}?q=甲LegalBasis")[1]
    assert "甲LegalBasis" in page(public, f"{folder}?effect_status=in_force")[1]
    text = page(public, f"{folder}?q=没有这样的依据")[1]
    assert "甲LegalBasis" not in text
    assert "清单里没有符合的内容" in text
    assert "甲LegalBasis" not in page(public, f"{folder}?q=，")[1]
    # A value that is none narrows nothing.
    assert "甲LegalBasis" in page(public, f"{folder}?effect_status=what")[1]
    found = public.get(f"{folder}/@register", params={"effect_status": "repealed"})
    assert found.json()["items"] == []


def test_rest_names_the_register_that_is_wanted(public):
    """Without a name or with an unknown one the client is told."""
    assert public.get("@register").status_code == 400
    assert public.get("@register", params={"name": "nothing"}).status_code == 404


def test_entries_are_written_through_rest(editor, public):
    """Created, refused with the field, changed; nobody else may."""
    folder = "registers/legal-basis"
    body = {
        "@type": "LegalBasis",
        "title": "丙条例",
        "kind": "regulation",
        "effect_status": "in_force",
        "document_number": "国务院令第0656号",
    }
    assert public.post(folder, json=body).status_code == 401
    answer = editor.post(folder, json=body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["document_number"] == "国务院令第656号"
    again = editor.post(folder, json=body)
    assert again.status_code == 400
    assert "丙条例" in again.json()["errors"][0]["message"]
    address = answer.json()["@id"]
    assert editor.patch(address, json={"effect_status": "lapsed"}).status_code == 204
    assert public.patch(address, json={"effect_status": "amended"}).status_code == 401
    assert public.get(address).status_code == 401
    seals = "registers/approval-seal"
    assert editor.post(seals, json={"@type": "ApprovalSeal"}).status_code == 403


def test_the_search_shows_entries_behind_the_guides(site, public):
    """An entry of this very name comes first, any other one after all guides."""
    guide = api.content.create(
        site["guides"],
        "MatterGuide",
        title="另一件事项",
        description="办理时要看甲CancelledProof和别的。",
        department="shili",
        catalog_code="620101009000",
    )
    publish(guide)
    create(site, "CancelledProof", title="甲CancelledProof的补充")
    transaction.commit()
    text = page(public, "@@search?SearchableText=甲CancelledProof")[1]
    titles = html.fromstring(text).xpath("//ul[contains(@class, 'zn-results')]//h2/a")
    assert [a.text_content() for a in titles] == [
        "甲CancelledProof",
        "另一件事项",
        "甲CancelledProof的补充",
    ]
    assert "取消证明事项清单" in text


def test_a_published_folder_opens_no_internal_register(site, public):
    """Somebody published it by mistake: the public still gets nothing."""
    folder = site["registers"]["approval-seal"]
    api.content.transition(folder, to_state="published")
    transaction.commit()
    status, text = page(public, "registers/approval-seal")
    assert status in {302, 401}
    assert "ApprovalSeal" not in text
    for view in ("@@list-xlsx", "@@list-json"):
        assert page(public, f"registers/approval-seal/{view}")[0] in {302, 401}
    assert public.get("registers/approval-seal/@register").status_code == 401
    assert "approval-seal" not in page(public, "registers")[1]


def test_the_staff_adds_entries_from_the_list(public, editor):
    """The link is for those who may; seals are not for editors."""
    link = "++add++LegalBasis"
    assert link in page(editor, "registers/legal-basis")[1]
    assert link not in page(public, "registers/legal-basis")[1]
    assert "++add++" not in page(editor, "registers/approval-seal")[1]


def test_hints_are_on_the_form_and_for_the_staff(site, editor, public):
    """One service split into two."""
    values = {"basis": "示例条例第九条", "matters": ["示例事项"]}
    first = create(site, "IntermediaryService", title="戊方案编制", **values)
    create(site, "IntermediaryService", title="戊方案评审", **values)
    transaction.commit()
    words = "可能把一项服务拆成了几项"
    address = first.absolute_url()
    assert words in page(editor, f"{address}/edit")[1]
    assert words in page(editor, address)[1]
    assert words in page(editor, "registers/intermediary-service")[1]
    assert words not in page(public, address)[1]
    assert words not in page(public, "registers/intermediary-service")[1]


def test_changes_of_an_entry_are_versions(editor):
    """Like those of other content."""
    body = {
        "@type": "CancelledProof",
        "title": "丁证明",
        "cancelled_on": "2026-01-01",
        "replacement": "data",
    }
    address = editor.post("registers/cancelled-proof", json=body).json()["@id"]
    change = {"replacement": "check", "changeNote": "改方式"}
    assert editor.patch(address, json=change).status_code == 204
    history = editor.get(f"{address}/@history").json()
    versions = [entry for entry in history if entry["type"] == "versioning"]
    assert len(versions) == 2
    assert versions[0]["comments"] == "改方式"
