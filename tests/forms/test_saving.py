"""Two people with the same form open: nothing that one of them typed is lost."""

from copy import deepcopy
from plone import api
from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import SITE_OWNER_PASSWORD
from plone.testing.zope import Browser
from rest.client import Client
from rest.sample import CONTENT
from rest.sample import GUIDE
from rest.sample import GUIDE_DATA
from rest.sample import pdf
from threading import Barrier
from threading import Thread
from zhinan.testing import add_person

import io
import pytest
import requests
import transaction


PASSWORD = "Ren-yuan-2026-x"
TITLE, SENTENCE = "form.widgets.title", "form.widgets.description"
CHOICE = "zhinan_choice"


@pytest.fixture
def guide(functional):
    """A draft, and two people who may save it."""
    portal = functional["portal"]
    for name in ("zhangsan", "lisi"):
        add_person(name, PASSWORD)
        api.user.grant_roles(username=name, roles=["Manager"])
    transaction.commit()
    with Client(portal.absolute_url(), (SITE_OWNER_NAME, SITE_OWNER_PASSWORD)) as rest:
        for parent, data in CONTENT[:4]:
            answer = rest.post(parent, json=data)
            assert answer.status_code == 201, answer.text
    transaction.begin()
    return portal.unrestrictedTraverse(GUIDE)


def version_of(guide):
    """The version of a form."""
    return guide["m01"].objectValues()[0]


@pytest.fixture
def opened(functional, guide):
    """The form of an object, opened by somebody."""

    def open_(name, obj=guide):
        browser = Browser(functional["app"])
        browser.handleErrors = False
        browser.addHeader("Authorization", f"Basic {name}:{PASSWORD}")
        browser.open(f"{obj.absolute_url()}/edit")
        return browser

    return open_


def put(browser, **values):
    """Type into the form."""
    for name, value in values.items():
        browser.getControl(name=f"form.widgets.{name}").value = value


def press(browser):
    """Save."""
    browser.getControl(name="form.buttons.save").click()


def refused(browser):
    """Whether the form came back with what was changed meanwhile."""
    return "zhinan-newer-title" in browser.contents


def test_saving_alone_is_as_before(guide, opened):
    """Also twice, and when nothing was changed."""
    flow = deepcopy(guide.flow)
    browser = opened("zhangsan")
    put(browser, title="新名称")
    press(browser)
    assert not refused(browser) and not browser.url.endswith("edit")
    transaction.begin()
    assert guide.title == "新名称" and guide.description == GUIDE_DATA["description"]
    browser = opened("zhangsan")
    press(browser)
    assert not refused(browser)
    transaction.begin()
    assert guide.title == "新名称" and guide.flow == flow


def test_what_only_one_changed_is_merged(guide, opened):
    """Refused once, with a sentence who saved; saving again has both."""
    one, two = opened("zhangsan"), opened("lisi")
    put(one, title="甲的名称", consult_phone="0937-0000102")
    press(one)
    put(two, description="乙的一句。")
    press(two)
    assert refused(two)
    assert "zhangsan" in two.contents and "保存了" in two.contents
    assert "0937-0000101" in two.contents
    assert f"{CHOICE}.title" not in two.contents
    assert two.getControl(name=TITLE).value == "甲的名称"
    assert two.getControl(name=SENTENCE).value == "乙的一句。"
    transaction.begin()
    assert guide.title == "甲的名称" and guide.description == GUIDE_DATA["description"]
    press(two)
    assert not refused(two)
    transaction.begin()
    assert guide.title == "甲的名称" and guide.description == "乙的一句。"
    assert guide.consult_phone == "0937-0000102"


@pytest.mark.parametrize(
    ("choice", "title"), [("mine", "乙的名称"), ("theirs", "甲的名称")]
)
def test_where_both_changed_somebody_chooses(guide, opened, choice, title):
    """All three values are shown; without a choice nothing is saved."""
    one, two = opened("zhangsan"), opened("lisi")
    put(one, title="甲的名称")
    press(one)
    put(two, title="乙的名称", description="乙的一句。")
    press(two)
    page = two.contents.partition("zhinan-newer-title")[2].partition("</section>")[0]
    for text in ("示例设施设置许可", "甲的名称", "乙的名称"):
        assert text in page
    press(two)
    assert refused(two)
    page = two.contents.partition("zhinan-newer-title")[2].partition("</section>")[0]
    for text in ("示例设施设置许可", "甲的名称", "乙的名称"):
        assert text in page
    two.getControl(name=f"{CHOICE}.title").value = [choice]
    press(two)
    assert not refused(two)
    transaction.begin()
    assert guide.title == title and guide.description == "乙的一句。"


def test_a_third_save_while_choosing(guide, opened):
    """It is asked again, with what is there by then."""
    one, two = opened("zhangsan"), opened("lisi")
    put(one, title="甲一")
    press(one)
    put(two, title="乙")
    press(two)
    one = opened("zhangsan")
    put(one, title="甲二")
    press(one)
    two.getControl(name=f"{CHOICE}.title").value = ["mine"]
    press(two)
    assert refused(two) and "甲二" in two.contents
    two.getControl(name=f"{CHOICE}.title").value = ["mine"]
    press(two)
    transaction.begin()
    assert guide.title == "乙"


def test_rows(guide, opened):
    """A table that the other one changed is taken over as a whole."""
    one, two = opened("zhangsan"), opened("lisi")
    put(one, **{"flow.0.widgets.step": "受理登记"})
    press(one)
    put(two, description="乙的一句。")
    press(two)
    assert refused(two) and "受理登记" in two.contents
    assert two.getControl(name="form.widgets.flow.0.widgets.step").value == "受理登记"
    press(two)
    assert not refused(two)
    transaction.begin()
    assert [row["step"] for row in guide.flow] == ["受理登记", "审查", "决定"]
    assert guide.description == "乙的一句。"


def test_materials_and_forms(guide, opened):
    """The same form stands for them, and a file that was uploaded is not lost."""
    material = guide["m01"]
    one, two = opened("zhangsan", material), opened("lisi", material)
    put(one, title="申请书")
    press(one)
    put(two, title="申请单")
    press(two)
    assert refused(two)
    version = version_of(guide)
    one, two = opened("zhangsan", version), opened("lisi", version)
    one.getControl(name="form.widgets.blank_form.action").value = ["replace"]
    one.getControl(name="form.widgets.blank_form").add_file(
        io.BytesIO(pdf("b")), "application/pdf", "b.pdf"
    )
    press(one)
    assert not refused(one)
    put(two, form_number="CSJ-002")
    press(two)
    # What was not touched is what is stored: nothing is asked, nothing is lost.
    assert not refused(two)
    transaction.begin()
    assert version.blank_form.data == pdf("b")
    assert version.form_number == "CSJ-002"


def test_two_files_at_once(guide, opened):
    """Both uploaded another one: the second is asked, and its file is still there."""
    version = version_of(guide)
    browsers = opened("zhangsan", version), opened("lisi", version)
    for browser, text in zip(browsers, (pdf("j"), pdf("y")), strict=True):
        browser.getControl(name="form.widgets.blank_form.action").value = ["replace"]
        browser.getControl(name="form.widgets.blank_form").add_file(
            io.BytesIO(text), "application/pdf", "x.pdf"
        )
        press(browser)
    two = browsers[1]
    assert refused(two)
    transaction.begin()
    assert version.blank_form.data == pdf("j")
    two.getControl(name=f"{CHOICE}.blank_form").value = ["mine"]
    press(two)
    assert not refused(two)
    transaction.begin()
    assert version.blank_form.data == pdf("y")


def test_at_the_very_same_moment(functional, guide):
    """Two real requests in two threads: one is saved, one is refused, none is lost."""
    url = f"{guide.absolute_url()}/edit"
    sessions = {}
    for name in ("zhangsan", "lisi"):
        session = sessions[name] = requests.Session()
        session.trust_env = False
        session.auth = (name, PASSWORD)
    forms = {name: _fields(session.get(url).text) for name, session in sessions.items()}
    for round_ in range(3):
        answers, barrier = {}, Barrier(2)

        def save(name, data, answers=answers, barrier=barrier):
            barrier.wait()
            answers[name] = sessions[name].post(url, data=data).text

        threads = [
            Thread(target=save, args=(n, {**f, TITLE: f"{n}{round_}"}))
            for n, f in forms.items()
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        shown = {n for n, text in answers.items() if "zhinan-newer-title" in text}
        assert len(shown) == 1, answers
        (loser,) = shown
        (winner,) = set(answers) - shown
        transaction.begin()
        assert guide.title == f"{winner}{round_}"
        page = answers[loser].partition("zhinan-newer-title")[2]
        assert f"{winner}{round_}" in page and f"{loser}{round_}" in page
        forms = {n: _fields(s.get(url).text) for n, s in sessions.items()}


def _fields(html):
    """Everything that a browser would send of a form."""
    from lxml.html import fromstring

    form = next(f for f in fromstring(html).forms if "zhinan_state" in f.fields)
    found = {k: v for k, v in form.form_values() if "TT" not in k and "AA" not in k}
    return {**found, "form.buttons.save": "1"}


# ----------------------------------------------------------------------------- REST


@pytest.fixture
def rest(functional):
    """Somebody over REST."""
    session = requests.Session()
    session.trust_env = False
    session.auth = (SITE_OWNER_NAME, SITE_OWNER_PASSWORD)
    session.headers["Accept"] = "application/json"
    with session:
        yield session


def test_if_match(guide, rest):
    """The tag of GET lets a change through once."""
    url = guide.absolute_url()
    tag = rest.get(url).headers["ETag"]
    answer = rest.patch(url, json={"title": "一"}, headers={"If-Match": tag})
    assert answer.status_code == 204
    new = answer.headers["ETag"]
    assert new != tag and rest.get(url).headers["ETag"] == new
    answer = rest.patch(url, json={"title": "二"}, headers={"If-Match": tag})
    assert answer.status_code == 412
    found = answer.json()
    assert found["type"] == "PreconditionFailed"
    assert "保存了" in found["message"] and "${" not in found["message"]
    transaction.begin()
    assert guide.title == "一"
    # A proxy may have weakened it, and several may be named.
    for header in (f"W/{new}", f'"x", {new}', "*"):
        answer = rest.patch(url, json={"title": "一"}, headers={"If-Match": header})
        assert answer.status_code == 204, header
    assert rest.patch(url, json={"title": "三"}).status_code == 204


def test_the_tag_is_for_who_may_change(guide):
    """The public's answers have none: they differ by who asks, not by this alone."""
    with api.env.adopt_roles(["Manager"]):
        for transition in ("submit", "approve", "publish"):
            api.content.transition(guide, transition)
    transaction.commit()
    answer = requests.get(
        guide.absolute_url(), headers={"Accept": "application/json"}, timeout=60
    )
    assert answer.status_code == 200 and "ETag" not in answer.headers


def test_two_patches_at_once(guide, rest):
    """With one tag, one of them wins."""
    url = guide.absolute_url()
    tag = rest.get(url).headers["ETag"]
    answers, barrier = [], Barrier(2)

    def patch(title):
        barrier.wait()
        answers.append(
            requests.patch(
                url,
                json={"title": title},
                headers={"If-Match": tag, "Accept": "application/json"},
                auth=(SITE_OWNER_NAME, SITE_OWNER_PASSWORD),
                timeout=60,
            ).status_code
        )

    threads = [Thread(target=patch, args=(title,)) for title in ("甲", "乙")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [204, 412]
