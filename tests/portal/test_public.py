"""The public pages: complete, lean, and silent about what is not public."""

from hashlib import sha256
from io import BytesIO
from lxml import html
from plone import api
from plone.testing.zope import Browser
from urllib.parse import quote
from urllib.parse import unquote
from zhinan.guides import files
from zhinan.guides.content import FormVersion
from zhinan.guides.content import Material
from zhinan.guides.content import MatterGuide
from zhinan.pages import pagecache
from zhinan.rules.elements import elements

import datetime
import pytest
import transaction
import zipfile


FILING = "guides/621002001000"
SECRET = "尚未公开的事项"


@pytest.fixture
def site(demo_functional):
    """The demonstration site and a browser for the public."""
    pagecache.PAGES.clear()
    browser = Browser(demo_functional["app"])
    browser.handleErrors = True
    browser.raiseHttpErrors = False
    portal = demo_functional["portal"]

    def read(path):
        browser.open(f"{portal.absolute_url()}/{path}")
        return browser

    return portal, read


PAGES = (
    "",
    "guides",
    "guides?theme=investment&target=2&department=fgw",
    "departments",
    "departments/fgw",
    "policies",
    "policies/siyou-work-plan",
    FILING,
    f"{FILING}/@@short",
    f"{FILING}/m01",
    f"{FILING}/m01/v2026-1",
    "@@search?SearchableText=" + quote("许可"),
    "help",
    "about",
    "zixun",
)


@pytest.mark.parametrize("path", PAGES)
def test_page_is_whole_and_lean(site, path):
    """One h1, Chinese, our CSS alone, no script, nothing from elsewhere."""
    _portal, read = site
    browser = read(path)
    assert browser.headers["status"].startswith("200")
    tree = html.fromstring(browser.contents)
    assert tree.get("lang") == "zh-CN"
    assert len(tree.xpath("//h1")) == 1
    assert not tree.xpath("//script")
    styles = tree.xpath("//link[@rel='stylesheet']/@href")
    assert len(styles) == 1 and "zhinan.pages/zhinan.css" in styles[0]
    assert tree.xpath("//form[@role='search']")
    assert tree.xpath("//main")


def test_every_filled_element_is_shown(site):
    """No element of the table is lost on its way to the page."""
    portal, read = site
    guide = portal.unrestrictedTraverse(FILING)
    text = html.fromstring(read(FILING).contents).text_content()
    for element in elements().guide:
        value = getattr(guide, element.name, None)
        if isinstance(value, str) and element.kind in {"line", "phone", "url"}:
            assert value in text, element.name
        elif element.kind == "lines":
            assert all(line in text for line in value or ()), element.name
        elif element.kind == "rows":
            for row in value or ():
                for column in element.columns:
                    cell = row.get(column.name)
                    if isinstance(cell, str) and column.kind in {"line", "phone"}:
                        assert cell in text, (element.name, column.name)


def test_form_and_sample_say_kind_and_size(site):
    """A link tells what one gets."""
    _portal, read = site
    tree = html.fromstring(read(FILING).contents)
    for view in ("blank-form", "filled-sample"):
        (link,) = tree.xpath(f"//tr[@id='m01']//a[contains(@href, '@@{view}')]")
        around = link.getparent().text_content() + link.text_content()
        assert "DOCX" in around and "KB" in around


@pytest.mark.parametrize("view", ["blank-form", "filled-sample"])
def test_download_is_the_stored_file(site, view):
    """Bytes, checksum as entity tag, readable Chinese name, 304."""
    portal, read = site
    version = portal.unrestrictedTraverse(f"{FILING}/m01/v2026-1")
    field = view.replace("-", "_")
    stored = getattr(version, field).data
    browser = read(f"{FILING}/m01/@@{view}")
    body = browser.testapp.get(browser.url).body
    assert body == stored
    tag = browser.headers["ETag"]
    assert tag == f'"{sha256(stored).hexdigest()}"'
    assert version.files[field]["sha256"] in tag
    name = unquote(browser.headers["Content-Disposition"].split("''")[1])
    assert name.startswith("企业投资项目备案申请表") and name.endswith(".docx")
    answer = browser.testapp.get(browser.url, headers={"If-None-Match": tag})
    assert answer.status_int == 304


def test_the_public_gets_the_version_in_force(site, monkeypatch):
    """The material's address changes with the day, a version's address never does."""
    portal, read = site
    material = portal.unrestrictedTraverse(f"{FILING}/m01")
    old, new = (v for v in material.objectValues())

    def sum_of(path):
        return read(path).headers["ETag"].strip('"')

    def sha(version):
        return version.files["blank_form"]["sha256"]

    for day, version in (("2026-08-31", old), ("2026-09-01", new)):
        monkeypatch.setattr(
            files, "today", lambda d=day: datetime.date.fromisoformat(d)
        )
        assert sum_of(f"{FILING}/m01/@@blank-form") == sha(version)
        for each in (old, new):
            path = f"{FILING}/m01/{each.getId()}/@@blank-form"
            assert sum_of(path) == sha(each)


def test_package_has_readable_names(site):
    """A folder for each material, form and sample in it."""
    _portal, read = site
    browser = read(f"{FILING}/@@download-all")
    data = browser.testapp.get(browser.url).body
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    assert len(names) == 4
    assert names[0].startswith("01 企业投资项目备案申请表/企业投资项目备案申请表")


def test_short_version_has_the_short_sections_only(site):
    """Derived from the marks in the table."""
    _portal, read = site
    tree = html.fromstring(read(f"{FILING}/@@short").contents)
    shown = [h.text_content() for h in tree.xpath("//section/h2")]
    wanted = [
        section.title
        for section in elements().sections
        if section.name not in {"header", "facts", "fees"}
        and any(e.short for e in elements().in_section(section.name))
    ]
    assert [title for title in shown if title != "收费"] == wanted
    assert tree.xpath("//*[contains(@class, 'zn-qr')]//svg")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("企业投资项目备案", "企业投资项目备案"),
        ("施工许可", "建筑工程施工许可证核发"),
        ("甘政办发[2019]10号", None),
        ("嘉峪关示例新材料有限公司", "企业投资项目备案"),
        ("621002001000", "企业投资项目备案"),
        ("第八条", None),
        ("四优营商环境", None),
    ],
)
def test_search_finds(site, text, first):
    """By name, number, code, and by what stands inside a sample."""
    _portal, read = site
    browser = read(f"@@search?SearchableText={quote(text)}")
    titles = html.fromstring(browser.contents).xpath(
        "//ul[contains(@class, 'zn-results')]/li//h2/a/text()"
        "|//ul[contains(@class, 'zn-results')]/li//h3/a/text()"
    )
    assert titles
    if first:
        assert titles[0].strip() == first


@pytest.fixture
def draft(site):
    """A draft guide with a material and a form, for the department that has guides."""
    portal, read = site
    source = portal.unrestrictedTraverse(f"{FILING}/m01/v2026-1")
    with api.env.adopt_roles(["Manager"]):
        guide = api.content.create(
            portal.guides,
            "MatterGuide",
            title=SECRET,
            description=SECRET,
            department="fgw",
            themes=["investment"],
            service_targets=["2"],
            catalog_code="620102098000",
        )
        material = api.content.create(
            guide, "Material", id="m01", title=SECRET, necessity="1"
        )
        api.content.create(
            material,
            "FormVersion",
            title=SECRET,
            form_number="X-1",
            version="1",
            in_force_from=datetime.date(2026, 1, 1),
            blank_form=source.blank_form,
            filled_sample=source.filled_sample,
        )
    transaction.commit()
    return read


LISTS = (
    "",
    "guides",
    "guides?department=fgw",
    "guides?theme=investment",
    "departments",
    "departments/fgw",
    "@@search?SearchableText=" + quote(SECRET),
    "@search?SearchableText=" + quote(SECRET),
    "@search?portal_type=MatterGuide&b_size=200",
    "guides/@search?portal_type=FormVersion&metadata_fields=_all&b_size=999",
    "sitemap.xml.gz",
    "guides/folder_listing",
    "@navigation?expand.navigation.depth=3",
)


@pytest.mark.parametrize("path", LISTS)
def test_a_draft_is_in_no_list(draft, path):
    """Neither the name of a draft nor that of its form is told anywhere."""
    browser = draft(path)
    if path.startswith(("@", "guides/@")) and not path.startswith("@@"):
        browser.addHeader("Accept", "application/json")
        browser = draft(path)
    body = browser.contents if isinstance(browser.contents, str) else ""
    body = body.replace(quote(SECRET), "").replace(f'value="{SECRET}"', "")
    tree = html.fromstring(f"<div>{body}</div>") if "<main" in body else None
    if tree is not None and "@@search" in path:
        body = "".join(
            e.text_content() for e in tree.xpath("//*[contains(@class,'zn-results')]")
        )
    assert SECRET not in body
    assert "620102098000" not in body


ADDRESSES = (
    "guides/620102098000",
    "guides/620102098000/@@short",
    "guides/620102098000/@@download-all",
    "guides/620102098000/@@spreadsheet",
    "guides/620102098000/@@history",
    "guides/620102098000/m01",
    "guides/620102098000/m01/@@blank-form",
    "guides/620102098000/m01/v1",
    "guides/620102098000/m01/v1/@@filled-sample",
    "guides/620102098000/m01/v1/@@download/blank_form",
    "++api++/guides/620102098000",
)


@pytest.mark.parametrize("path", ADDRESSES)
def test_a_draft_is_refused_at_its_address(draft, path):
    """A login page or a refusal, never the thing itself."""
    browser = draft(path)
    body = browser.contents if isinstance(browser.contents, str) else ""
    assert SECRET not in body
    refused = browser.headers["status"][:3] in {"401", "403", "404"}
    assert refused or "require_login" in browser.url or "/login" in browser.url


def test_counts_do_not_tell_of_a_draft(site, draft):
    """The numbers beside themes and departments count what the public may see."""
    portal, read = site
    public = len(
        [
            g
            for g in portal.guides.objectValues()
            if g.department == "fgw" and api.content.get_state(g) == "published"
        ]
    )
    tree = html.fromstring(read("").contents)
    (card,) = tree.xpath("//a[contains(@href, 'departments/fgw')]")
    assert card.text_content().split()[-1] == str(public)


@pytest.mark.parametrize(
    "path", ["", "guides", "departments", "@@search?SearchableText=" + quote("备案")]
)
def test_a_listing_wakes_no_guide(site, path, monkeypatch):
    """Lists come from the catalogue: no guide, material or form is loaded for them."""
    _portal, read = site
    woken = []

    def watch(cls):
        load = cls.__setstate__

        def loading(self, state):
            woken.append(cls.__name__)
            load(self, state)

        monkeypatch.setattr(cls, "__setstate__", loading, raising=False)

    for cls in (MatterGuide, Material, FormVersion):
        watch(cls)
    # The database of a test is new, so nothing is in memory yet.
    assert read(path).headers["status"].startswith("200")
    assert woken == []
    read(FILING)
    assert "MatterGuide" in woken, "the watch itself works"
