"""Pages of editions over HTTP: what changed, an old one as it was, what left the site."""

from plone import api
from plone.namedfile.file import NamedBlobFile
from plone.testing.zope import Browser
from zhinan.guides import workingcopy
from zhinan.guides.editioned import public_part
from zhinan.guides.editionsof import content_of
from zhinan.guides.editionsof import edition_of
from zhinan.pages import pagecache
from zhinan.publishing import editions
from zhinan.publishing import unspoken
from zhinan.publishing.transitions import perform
from zhinan.rules.canonical import canonical
from zhinan.rules.canonical import checksum
from zhinan.testing import add_person
from zhinan.testing import publish
from zope.event import notify
from zope.lifecycleevent import ObjectModifiedEvent

import datetime
import hashlib
import pytest
import requests
import transaction


PASSWORD = "Ren-yuan-2026-x"
FORM = "申请表\n申请人姓名：\n联系电话：\n"
FORM_2 = "申请表\n申请人姓名：\n电子邮箱：\n联系电话：\n"
SECRET = "内部底稿\n"


def file(text, name="表格.txt"):
    """A file of plain text."""
    return NamedBlobFile(text.encode(), contentType="text/plain", filename=name)


def sha256(text):
    """Checksum of a file."""
    return hashlib.sha256(text.encode()).hexdigest()


def edit(obj, **values):
    """Save."""
    for name, value in values.items():
        setattr(obj, name, value)
    notify(ObjectModifiedEvent(obj))


def make(portal, id_, **values):
    """A guide with a form, online and committed."""
    obj = api.content.create(
        portal.guides,
        "MatterGuide",
        id=id_,
        title="测试事项",
        description="第一版的说明。",
        catalog_code="620199001000",
        owner_department="csj",
        **values,
    )
    one = api.content.create(obj, "Material", id="m01", title="申请表", necessity="1")
    api.content.create(
        one,
        "FormVersion",
        id="v1",
        title="申请表",
        form_number="表1",
        version="1",
        in_force_from=datetime.date(2026, 1, 1),
        blank_form=file(FORM),
        filled_sample=file(SECRET, "底稿.txt"),
    )
    publish(obj, note="首次发布")
    return obj


@pytest.fixture
def guide(functional):
    """Two editions; the sample of the first was never open."""
    portal = functional["portal"]
    with api.env.adopt_roles(["Manager"]):
        api.content.create(
            portal.departments,
            "Department",
            id="csj",
            title="测试局",
            short_name="测试局",
            code="csj",
            credit_code="11620200000000019K",
        )
        add_person("qicao", PASSWORD, "editor", department="csj")
        add_person("fabu", PASSWORD, "publisher", department="csj")
        obj = make(portal, "g1")
        edit(
            obj.m01["v1"],
            file_levels=[{"file": "filled_sample", "level": "departments"}],
        )
        transaction.commit()
        # What was frozen with an open level would have been public.
        with unspoken.because(unspoken.Cause("mended", "换发申请表", minor=False)):
            edit(obj, description="第二版的说明。")
            edit(obj.m01["v1"], blank_form=file(FORM_2))
            transaction.commit()
    pagecache.PAGES.clear()
    return obj


@pytest.fixture
def browser(functional):
    """Somebody from the public, who gets pages for errors."""
    made = Browser(functional["app"])
    made.handleErrors = True
    made.raiseHttpErrors = False
    made.addHeader("Accept-Language", "zh-CN")
    return made


def signed_in(functional, name, password=PASSWORD):
    """Somebody of the staff."""
    made = Browser(functional["app"])
    made.handleErrors = False
    made.addHeader("Authorization", f"Basic {name}:{password}")
    made.addHeader("Accept-Language", "zh-CN")
    return made


def step(obj, name, **values):
    """A transition by the administrator, committed."""
    transaction.begin()
    with api.env.adopt_roles(["Manager"]):
        perform(obj, name, **values)
    transaction.commit()
    pagecache.PAGES.clear()


NUMBERS = ("1.0", "1.1", "2.0")


def test_what_changed_is_told_to_everybody(browser, guide):
    """Protects: number, day, note and check code; nothing of who or how."""
    browser.open(f"{guide.absolute_url()}/@@editions")
    text = browser.contents
    assert [text.index(f'id="e{n}"') for n in reversed(NUMBERS)] == sorted(
        text.index(f'id="e{n}"') for n in NUMBERS
    )
    assert "换发申请表" in text
    assert "首次发布" in text
    # The one in the middle was written past the ways of publishing.
    assert "文字订正。" in text
    for word in ("起草", "发布</dt>", "未经发布流程", "尚无第二人审核", "恢复为草稿"):
        assert word not in text
    transaction.begin()
    for number in NUMBERS:
        edition = edition_of(guide, number)
        content = public_part(content_of(guide, edition))
        assert edition.hash in text
        assert f"<code>{checksum(canonical(content))[:8]}</code>" in text


def test_the_page_says_the_edition_alone(browser, guide):
    """Protects: people see one number, and it leads to what changed."""
    browser.open(guide.absolute_url())
    text = browser.contents
    assert "版次：" in text
    assert "次修订" not in text
    assert f'href="{guide.absolute_url()}/@@editions"' in text
    assert "最近复核：" in text
    assert "noindex" not in text
    browser.open(f"{guide.absolute_url()}/@@editions")
    code = browser.contents.split("<code>")[1][:8]
    assert f"<code>{code}</code>" in text


def test_an_old_edition_is_read_as_it_was(browser, guide):
    """Protects: page and print of the first edition, marked and not for searching."""
    url = guide.absolute_url()
    for address in (f"{url}/@@edition/1.0", f"{url}/@@edition/1.0/print"):
        browser.open(address)
        text = browser.contents
        assert browser.headers["status"].startswith("200")
        assert "第一版的说明。" in text
        assert "第二版的说明。" not in text
        assert "请勿据此办事" in text
        assert '<meta name="robots"' in text
        assert f"{url}/@@compare-editions?one=1.0&amp;two=2.0" in text
    browser.open(f"{url}/@@edition/1.0")
    assert f"/@@edition/1.0/files/{sha256(FORM)}/" in browser.contents
    assert sha256(FORM_2) not in browser.contents


def test_an_old_file_is_given(guide):
    """Protects: the bytes of the first edition, though the guide has others now."""
    url = guide.absolute_url()
    address = f"{url}/@@edition/1.0/files/{sha256(FORM)}/anything.txt"
    answer = requests.get(address, timeout=30)
    assert answer.status_code == 200
    assert answer.content.decode() == FORM
    assert answer.headers["ETag"] == f'"{sha256(FORM)}"'
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "%E8%A1%A8%E6%A0%BC.txt" in answer.headers["Content-Disposition"]
    again = requests.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    # Files of other editions are not below this one.
    other = f"{url}/@@edition/1.0/files/{sha256(FORM_2)}/anything.txt"
    assert requests.get(other, timeout=30).status_code == 404
    assert requests.get(f"{url}/@@edition/2.0/files/{sha256(FORM_2)}").ok


@pytest.mark.parametrize("number", ["1.0", "2.0"])
def test_a_confidential_file_of_an_old_edition(functional, guide, number):
    """Protects: neither the level kept nor that of today opens what is closed.

    The sample was open when 1.0 was frozen and is closed today; in 2.0 it was frozen
    closed, and is closed today.
    """
    address = f"{guide.absolute_url()}/@@edition/{number}/files/{sha256(SECRET)}/x"
    for headers in ({}, {"Accept": "application/json"}):
        answer = requests.get(
            address, headers=headers, timeout=30, allow_redirects=False
        )
        assert answer.status_code in (302, 401)
        assert "底稿" not in answer.text
    given = requests.get(address, auth=("fabu", PASSWORD), timeout=30)
    assert given.status_code == 200
    assert given.content.decode() == SECRET
    assert given.headers["Cache-Control"] == "private, no-store"


def test_a_level_that_was_kept_holds(guide):
    """Protects: opening a level today opens no old edition that was frozen closed."""
    transaction.begin()
    with api.env.adopt_roles(["Manager"]):
        edit(guide.m01["v1"], file_levels=[])
        transaction.commit()
    base = f"{guide.absolute_url()}/@@edition"
    closed = requests.get(
        f"{base}/2.0/files/{sha256(SECRET)}/x", timeout=30, allow_redirects=False
    )
    assert closed.status_code in (302, 401)
    assert requests.get(f"{base}/1.0/files/{sha256(SECRET)}/x", timeout=30).ok


def test_closed_and_deleted_stays_closed(guide):
    """Protects: deleting what was closed does not open it in an edition from before."""
    address = f"{guide.absolute_url()}/@@edition/1.0/files/{sha256(SECRET)}/x"
    transaction.begin()
    with api.env.adopt_roles(["Manager"]):
        api.content.delete(guide.m01, check_linkintegrity=False)
        transaction.commit()
    closed = requests.get(address, timeout=30, allow_redirects=False)
    assert closed.status_code in (302, 401)
    other = f"{guide.absolute_url()}/@@edition/1.0/files/{sha256(FORM)}/x"
    assert requests.get(other, timeout=30).ok


def test_nothing_of_a_confidential_file_is_compared(browser, functional, guide):
    """Protects: neither name nor text of a closed file shows in a comparison."""
    transaction.begin()
    with api.env.adopt_roles(["Manager"]):
        edit(guide.m01["v1"], filled_sample=file("新的底稿\n", "底稿2.txt"))
        transaction.commit()
    address = f"{guide.absolute_url()}/@@compare-editions?one=2.0&two=2.1"
    browser.open(address)
    assert "底稿" not in browser.contents
    assert "没有差异" in browser.contents
    staff = signed_in(functional, "fabu")
    staff.open(address)
    assert "新的底稿" in staff.contents


def test_two_editions_compared_both_ways(browser, guide):
    """Protects: words of elements, lines of files, in the order that was asked for."""
    url = f"{guide.absolute_url()}/@@compare-editions"
    browser.open(f"{url}?one=1.0&two=2.0")
    text = browser.contents
    assert "<ins>二</ins>" in text
    assert "<del>一</del>" in text
    assert "<ins>电子邮箱：</ins>" in text
    browser.open(f"{url}?one=2.0&two=1.0")
    text = browser.contents
    assert "<ins>一</ins>" in text
    assert "<del>电子邮箱：</del>" in text
    browser.open(f"{url}?one=1.0&two=1.0")
    assert "没有差异" in browser.contents


@pytest.mark.parametrize(
    "address",
    [
        "@@edition/9.0",
        "@@edition/nonsense",
        "@@edition/9.0/print",
        "@@compare-editions?one=9.0&two=1.0",
        "@@compare-editions?one=1.0&two=",
        "@@edition/1.0/elsewhere",
        "@@edition/1.0/files/x/y/z/more",
    ],
)
def test_what_is_not_there(guide, address):
    """Protects: an unknown edition is 404 with a page in Chinese."""
    answer = requests.get(
        f"{guide.absolute_url()}/{address}",
        headers={"Accept": "text/html", "Accept-Language": "zh-CN"},
        timeout=30,
    )
    assert answer.status_code == 404
    words = ("没有这个版次", "没有该编号的版次", "页面没有找到", "没有找到")
    assert any(word in answer.text for word in words)


def test_a_draft_has_no_editions_for_the_public(functional, browser, guide):
    """Protects: what nobody may view tells of no edition either."""
    step(guide, "withdraw", reason="停办")
    step(guide, "reopen")
    for address in ("@@editions", "@@edition/1.0", "@@compare-editions"):
        answer = requests.get(
            f"{guide.absolute_url()}/{address}", allow_redirects=False, timeout=30
        )
        assert answer.status_code in (302, 401)
        assert "第一版" not in answer.text


# ----------------------------------------------------------------------- the staff


def test_the_staff_sees_who_and_how(functional, guide):
    """Protects: people, origin and marks for those who see the history."""
    staff = signed_in(functional, "qicao")
    staff.open(f"{guide.absolute_url()}/@@editions")
    text = staff.contents
    for word in ("由批量修改产生", "未经发布流程直接写入", "恢复为草稿", "软件"):
        assert word in text
    assert "更正修改说明" not in text


def test_a_note_is_corrected_on_its_page(functional, browser, guide):
    """Protects: reason asked, nothing typed is lost, everybody reads the correction."""
    staff = signed_in(functional, "fabu")
    staff.open(f"{guide.absolute_url()}/@@correct-note?edition=1.0")
    assert staff.getControl(name="note").value == "首次发布"
    staff.getControl(name="note").value = "第一次发布"
    staff.getControl("更正修改说明").click()
    assert "请填写更正原因。" in staff.contents
    assert staff.getControl(name="note").value == "第一次发布"
    staff.getControl(name="reason").value = "错字"
    staff.getControl("更正修改说明").click()
    assert staff.url.endswith("/@@editions#e1.0")
    assert "（本说明已更正。）" in staff.contents
    pagecache.PAGES.clear()
    browser.open(f"{guide.absolute_url()}/@@editions")
    assert "第一次发布" in browser.contents
    assert "首次发布" not in browser.contents
    assert "错字" not in browser.contents


def test_nothing_is_corrected_without_the_form(functional, guide):
    """Protects: the page of another site cannot correct a note."""
    answer = requests.post(
        f"{guide.absolute_url()}/@@correct-note",
        data={"edition": "1.0", "note": "假", "reason": "假"},
        auth=("fabu", PASSWORD),
        timeout=30,
    )
    assert answer.status_code == 403
    transaction.begin()
    store = editions.peek(api.portal.get())
    assert store.note(edition_of(guide, "1.0")) == "首次发布"


def test_an_edition_is_restored_on_its_page(functional, browser, guide):
    """Protects: a copy with the old content, while the public reads the new one."""
    staff = signed_in(functional, "qicao")
    staff.open(f"{guide.absolute_url()}/@@restore-edition?edition=1.0")
    assert "<ins>一</ins>" in staff.contents
    staff.getControl("恢复为草稿").click()
    transaction.begin()
    copy = workingcopy.copy_of(guide)
    assert staff.url == copy.absolute_url()
    assert "第一版的说明。" in staff.contents
    browser.open(guide.absolute_url())
    assert "第二版的说明。" in browser.contents
    assert requests.get(copy.absolute_url(), allow_redirects=False).status_code in (
        302,
        401,
    )


# ---------------------------------------------------------------- leaving the site


@pytest.fixture
def successor(functional, guide):
    """Another guide that is online."""
    transaction.begin()
    with api.env.adopt_roles(["Manager"]):
        made = make(functional["portal"], "g2")
        edit(made, title="替代事项")
        transaction.commit()
    return made


def test_withdrawn_is_read_with_a_band(browser, guide, successor):
    """Protects: dated band, reason, successor; from the edition, not for searching."""
    step(guide, "withdraw", reason="依据已废止", successor=successor.UID())
    for address in ("", "/@@short", "/m01", "/m01/v1"):
        browser.open(guide.absolute_url() + address)
        text = browser.contents
        assert browser.headers["status"].startswith("200")
        assert "撤下，仅供查阅" in text
        assert "依据已废止" in text
        assert f'<a href="{successor.absolute_url()}">替代事项</a>' in text
        assert '<meta name="robots"' in text
    browser.open(guide.absolute_url())
    assert "第二版的说明。" in browser.contents
    assert requests.get(f"{guide.absolute_url()}/m01/@@blank-form", timeout=30).ok


def moved(obj):
    """Where the public is led from an address, with the status."""
    answer = requests.get(obj.absolute_url(), allow_redirects=False, timeout=30)
    return answer.status_code, answer.headers.get("Location")


def test_consolidated_leads_to_the_end_of_the_chain(functional, guide, successor):
    """Protects: 301 for the public, whatever the length; the staff sees the page."""
    with api.env.adopt_roles(["Manager"]):
        third = make(functional["portal"], "g3")
        transaction.commit()
    step(guide, "consolidate", successor=successor.UID())
    assert moved(guide) == (301, successor.absolute_url())
    assert moved(guide.m01) == (301, successor.absolute_url())
    step(successor, "consolidate", successor=third.UID())
    assert moved(guide) == (301, third.absolute_url())
    staff = signed_in(functional, "fabu")
    staff.open(guide.absolute_url())
    assert "合并，仅供查阅" in staff.contents
    # The old edition stays where it is.
    old = f"{guide.absolute_url()}/@@edition/1.0"
    assert requests.get(old, allow_redirects=False, timeout=30).status_code == 200


def test_a_circle_leads_nowhere(functional, guide, successor):
    """Protects: two guides that name each other are read, and send nobody around."""
    step(guide, "consolidate", successor=successor.UID())
    step(guide, "reopen")
    with api.env.adopt_roles(["Manager"]):
        publish(guide)
        transaction.commit()
    step(successor, "consolidate", successor=guide.UID())
    assert moved(successor) == (301, guide.absolute_url())
    step(guide, "withdraw", reason="停办")
    # Its successor is the guide that was consolidated into it.
    from zhinan.publishing import rounds

    transaction.begin()
    rounds.restand(api.portal.get(), guide.UID(), successor=successor.UID())
    transaction.commit()
    pagecache.PAGES.clear()
    assert moved(guide) == (200, None)


def test_retracted_is_gone_at_every_address(functional, browser, guide):
    """Protects: 410 with a Chinese page for the public, below the guide as well."""
    url = guide.absolute_url()
    addresses = [
        "",
        "/@@short",
        "/@@editions",
        "/@@edition/1.0",
        f"/@@edition/1.0/files/{sha256(FORM)}/x",
        "/@@compare-editions",
        "/@@download-all",
        "/m01",
        "/m01/@@blank-form",
        "/m01/v1/@@blank-form",
        "/m01/nothing",
        "/@@plone_context_state/object_title",
    ]
    step(guide, "retract", reason="误发布")
    for address in addresses:
        answer = requests.get(url + address, allow_redirects=False, timeout=30)
        assert answer.status_code == 410, address
        assert "误发布，已收回" in answer.text, address
        assert "测试事项" not in answer.text, address
        assert 'name="SearchableText"' in answer.text
        assert answer.headers["Content-Type"].startswith("text/html")
    staff = signed_in(functional, "fabu")
    staff.open(url)
    assert "系误发布，已于" in staff.contents
    assert "第二版的说明。" in staff.contents


def test_retracted_is_gone_over_rest(functional, guide):
    """Protects: 410 in JSON, at the guide and below it."""
    step(guide, "retract", reason="误发布")
    for address in ("", "/m01", "/@editions", "/@edition/1.0", "/@materials"):
        answer = requests.get(
            guide.absolute_url() + address,
            headers={"Accept": "application/json", "Accept-Language": "zh-CN"},
            timeout=30,
        )
        assert answer.status_code == 410, address
        assert answer.json()["type"] == "Gone"
        assert "误发布" in answer.json()["message"]


def test_only_what_was_public_is_gone(functional, guide):
    """Protects: a draft asks to sign in as before, and an unknown page is not found."""
    with api.env.adopt_roles(["Manager"]):
        draft = api.content.create(
            functional["portal"].guides, "MatterGuide", id="g9", title="草稿事项"
        )
        transaction.commit()
    answer = requests.get(draft.absolute_url(), allow_redirects=False, timeout=30)
    assert answer.status_code in (302, 401)
    gone = f"{functional['portal'].guides.absolute_url()}/g10"
    assert requests.get(gone, timeout=30).status_code == 404


def test_an_edition_published_in_error_stays_gone(functional, browser, guide):
    """Protects: what was wrong is not read again because a right one follows."""
    step(guide, "retract", reason="误发布")
    step(guide, "reopen")
    transaction.begin()
    with api.env.adopt_roles(["Manager"]):
        edit(guide, description="第三版的说明。")
        publish(guide, note="更正后重新发布")
        transaction.commit()
    pagecache.PAGES.clear()
    url = guide.absolute_url()
    browser.open(f"{url}/@@editions")
    assert "误发布" in browser.contents
    assert f"{url}/@@edition/2.0" not in browser.contents
    assert f"{url}/@@edition/1.0" in browser.contents
    browser.open(f"{url}/@@edition/2.0")
    assert browser.headers["status"].startswith("410")
    assert "第二版的说明" not in browser.contents
    browser.open(f"{url}/@@compare-editions?one=2.0&two=3.0")
    assert browser.headers["status"].startswith("404")
    staff = signed_in(functional, "fabu")
    staff.open(f"{url}/@@edition/2.0")
    assert "第二版的说明。" in staff.contents
