"""Reviews: the list, the acts, the reminders, the settings."""

from .clients import Person
from .clients import words
from datetime import datetime
from datetime import timedelta
from email import message_from_bytes
from email import policy
from io import BytesIO
from openpyxl import load_workbook
from plone import api
from plone.app.testing import login
from plone.app.testing import logout
from plone.app.testing import SITE_OWNER_NAME
from Products.MailHost.MailHost import MailBase
from publishing.people import act
from publishing.people import draft
from publishing.people import online
from publishing.people import settle_department
from zhinan.departments.citytime import CITY_TIME
from zhinan.departments.citytime import today
from zhinan.desk import reviewmails
from zhinan.publishing import reviews
from zhinan.publishing import rounds
from zhinan.publishing import schedule
from zhinan.publishing import steps
from zhinan.rules.months import add_months
from zhinan.testing import publish
from zhinan.trail import store as trail
from zope.event import notify

import lxml.html
import pytest
import transaction


@pytest.fixture
def site(functional):
    """Two departments; one guide is overdue, one due soon, one later, one elsewhere."""
    portal = functional["portal"]
    login(functional["app"], SITE_OWNER_NAME)
    settle_department(portal)
    settle_department(
        portal, "yj", "乙局", {"yibian": ("editor",), "yifa": ("head",)}, "027"
    )
    with api.env.adopt_roles(["Manager"]):
        api.user.create("ducha@example.com", "ducha", "Ren-yuan-2026-x")
        api.group.add_user(groupname="supervision", username="ducha")
        api.user.create("guanli@example.com", "guanli", "Ren-yuan-2026-x")
        api.group.add_user(groupname="Site Administrators", username="guanli")
    for name, left in (("g1", -10), ("g2", 20), ("g3", 200)):
        obj = online(portal, draft(portal, name))
        due(portal, obj, left)
    other = draft(portal, "g4", "yj", "yibian")
    login(functional["app"], SITE_OWNER_NAME)
    publish(other)
    due(portal, other, -3)
    transaction.commit()
    return portal


def due(portal, obj, left):
    """Let the next review be so many days ahead."""
    rounds.restand(portal, obj.UID(), next_review=today() + timedelta(days=left))


@pytest.fixture
def ask(functional, site):
    """A client of a person."""
    return lambda name="": Person(site.absolute_url(), name)


def standing(site, name):
    """What is known of a guide."""
    transaction.begin()
    return rounds.peek(site).standing(site.guides[name].UID())


def listed(page):
    """Titles of the list."""
    return [words(node) for node in page.xpath("//table//tbody//th/a")]


def test_who_sees_what(site, ask):
    """Protects: the own department's; supervision and administrators see all."""
    own = ["测试事项g1", "测试事项g2"]
    assert listed(ask("qicao").page("@@reviews")) == own
    assert listed(ask("qicao").page("@@reviews", all="1")) == [*own, "测试事项g3"]
    assert listed(ask("yifa").page("@@reviews")) == ["测试事项g4"]
    for name in ("ducha", "guanli"):
        every = ["测试事项g1", "测试事项g4", "测试事项g2"]
        assert listed(ask(name).page("@@reviews")) == every
        narrowed = ask(name).page("@@reviews", department="yj", standing="overdue")
        assert listed(narrowed) == ["测试事项g4"]
    # Who may not review ticks nothing.
    for name in ("ducha", "fabu"):
        assert not ask(name).page("@@reviews").xpath("//input[@name='uids']")
    # Strangers are asked to sign in.
    assert words(ask().page("@@reviews").find(".//h1")) == "登录"


def test_confirmed_in_one_act(site, ask):
    """Protects: many at once; the public reads the day; a refusal is said per guide."""
    uids = [site.guides[name].UID() for name in ("g1", "g2", "g4")]
    answer = ask("qicao").fill(
        "@@reviews", uids=uids, step="confirm_review", comment="核对无误"
    )
    assert answer.status_code == 200
    assert "已办理2份，不能办理1份" in answer.text and "测试事项g4" in answer.text
    for name in ("g1", "g2"):
        found = standing(site, name)
        assert found.last_review == today()
        assert found.next_review == add_months(today(), 12)
        assert found.reviewed_by == "qicao"
    assert standing(site, "g4").next_review == today() - timedelta(days=3)
    logout()
    assert reviews.last_review(site.guides.g1) == today()
    assert listed(ask("qicao").page("@@reviews")) == []
    # What is hidden is not named in a refusal.
    hidden = draft(site, "g5", "yj", "yibian", title="乙局未公开事项")
    transaction.commit()
    answer = ask("qicao").fill(
        "@@reviews?all=1", uids=hidden.UID(), step="confirm_review"
    )
    assert answer.status_code == 200 and "乙局未公开事项" not in answer.text
    # It leaves an entry with the comment.
    entry = trail.entries(site.guides.g1.UID(), site)[-1]
    assert (entry.act, entry.note) == ("workflow.confirm_review", "核对无误")


def test_a_period_of_its_own(site, ask):
    """Protects: a guide keeps its months through publications, until they are taken."""
    uid = site.guides.g1.UID()
    ask("qicao").fill("@@reviews", uids=uid, step="confirm_review", months="6")
    found = standing(site, "g1")
    assert (found.months, found.next_review) == (6, add_months(today(), 6))
    obj = site.guides.g1
    act(site, obj, "fabu", "withdraw", reason="改版")
    act(site, obj, "qicao", "reopen")
    online(site, obj, "改版")
    assert reviews.next_review(obj) == add_months(today(), 6)
    act(site, obj, "qicao", "confirm_review", months=0)
    assert reviews.next_review(obj) == add_months(today(), 12)


def test_postponed_with_a_reason(site, ask):
    """Protects: neither without a reason nor for ever; what was typed stays."""
    uid = site.guides.g1.UID()
    until = (today() + timedelta(days=30)).isoformat()
    answer = ask("qicao").fill(
        "@@reviews", uids=uid, step="postpone_review", until=until, reason=" "
    )
    assert "请写明延期的原因" in answer.text and f'value="{until}"' in answer.text
    far = (today() + timedelta(days=91)).isoformat()
    answer = ask("qicao").fill(
        "@@reviews", uids=uid, step="postpone_review", until=far, reason="等新规"
    )
    assert "请选择今后90天以内的日期" in answer.text and "等新规" in answer.text
    assert standing(site, "g1").postponed == ""
    ask("qicao").fill(
        "@@reviews", uids=uid, step="postpone_review", until=until, reason="等新规"
    )
    found = standing(site, "g1")
    assert (found.postponed, found.next_review.isoformat()) == ("等新规", until)
    assert steps.state_of(site.guides.g1) == "published"
    answer = ask("qicao").fill("@@reviews", step="confirm_review")
    assert "请先勾选指南" in answer.text
    # Without the token of the form nothing is done.
    bare = ask("qicao").post("@@reviews", data={"uids": uid, "step": "confirm_review"})
    assert bare.status_code == 403
    assert standing(site, "g1").postponed == "等新规"


def test_as_a_spreadsheet(site, ask):
    """Protects: the list as XLSX holds what the page shows."""
    answer = ask("qicao").get("@@reviews-xlsx", params={"standing": "overdue"})
    sheet = load_workbook(BytesIO(answer.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[0] for row in rows[1:]] == ["测试事项g1"]
    assert rows[1][4] == "10"


def test_over_rest(site, ask):
    """Protects: the list for programs; of one guide the public gets the day alone."""
    found = ask("qicao").json("@reviews")
    assert [item["title"] for item in found["items"]] == ["测试事项g1", "测试事项g2"]
    assert found["items"][0]["days_overdue"] == 10
    assert found["items"][0]["may_review"] is True
    assert (
        ask().get("@reviews", headers={"Accept": "application/json"}).status_code == 401
    )
    own = ask("qicao").json("guides/g1/@reviews")
    assert own["standing"] == "overdue"
    for name in ("", "yifa"):
        public = ask(name).json("guides/g1/@reviews")
        assert set(public) == {"@id", "last_review"}
        assert public["last_review"] == today().isoformat()


def kept(ask):
    """The settings as the page shows them, in order."""
    page = ask("guanli").page("@@publishing-settings")
    return [int(value) for value in page.xpath("//input[@type='number']/@value")]


def test_the_settings(site, ask):
    """Protects: the keeper alone; refused numbers change nothing; the trail tells."""
    assert ask("qicao").get("@@publishing-settings").status_code == 403
    wrong = ask("guanli").fill(
        "@@publishing-settings", review_months="0", remind_days="10", postpone_days="9"
    )
    assert wrong.status_code == 200
    assert len(lxml.html.fromstring(wrong.text).xpath("//p[@class='zn-error']")) == 1
    assert 'value="10"' in wrong.text
    assert kept(ask) == [12, 30, 90]
    answer = ask("guanli").fill(
        "@@publishing-settings", review_months="6", remind_days="10", postpone_days="90"
    )
    assert answer.status_code == 303
    assert kept(ask) == [6, 10, 90]
    transaction.begin()
    found = [
        (e.before, e.after)
        for e in trail.entries("site", site)
        if e.act == "publishing.settings"
    ]
    assert found == [("12", "6"), ("30", "10")]
    assert listed(ask("qicao").page("@@reviews")) == ["测试事项g1"]


def test_what_was_online_before_gets_a_review(site):
    """Protects: an existing site or an import begins without overdue reviews."""
    store = rounds.prepare(site)
    for name in ("g1", "g2"):
        store.stand(site.guides[name].UID(), None)
    assert reviews.give(site) == 2
    assert reviews.give(site) == 0
    assert reviews.next_review(site.guides.g1) == add_months(today(), 12)
    assert reviews.last_review(site.guides.g1) == today()
    assert reviews.next_review(site.guides.g3) == today() + timedelta(days=200)


# ------------------------------------------------------------------------- mails


class Outbox:
    """Stands in the place of the mail server."""

    def __init__(self):
        self.messages = []

    def send(self, mfrom, mto, message):
        """Take a message."""
        self.messages.append((mto, message))

    vote = send

    def read(self):
        """Recipient, subject and text of each, and forget them."""
        found = []
        for to, raw in self.messages:
            mail = message_from_bytes(raw, policy=policy.default)
            for one in to:
                found.append((one, mail["Subject"], mail.get_content()))
        self.messages = []
        return sorted(found)


@pytest.fixture
def outbox(site, monkeypatch):
    """What the mail server took."""
    box = Outbox()
    monkeypatch.setattr(MailBase, "_makeMailer", lambda self: box)
    api.portal.set_registry_record("plone.email_from_address", "site@example.com")
    api.portal.set_registry_record("plone.email_from_name", "站点")
    site.MailHost.smtp_host = "localhost"
    transaction.commit()
    return box


def remind(site, monkeypatch, after=0, hour=9):
    """One run so many days from now."""
    moment = datetime.now(CITY_TIME).replace(hour=hour) + timedelta(days=after)
    monkeypatch.setattr(reviewmails, "now", lambda: moment)
    transaction.begin()
    wrote = reviewmails.REVIEW_MAILS.run(site)
    transaction.commit()
    return wrote


def test_one_mail_for_each_person(site, outbox, monkeypatch):
    """Protects: one list per person, once when soon, weekly when overdue."""
    assert not remind(site, monkeypatch, hour=7)
    assert remind(site, monkeypatch)
    found = outbox.read()
    assert [to for to, _subject, _text in found] == [
        f"{name}@example.com" for name in ("fuze", "qicao", "shenhe", "yibian", "yifa")
    ]
    subject, text = found[1][1:]
    assert subject == "指南待复核：逾期1份，即将到期1份"
    assert "测试事项g1" in text and "测试事项g2" in text and "测试事项g4" not in text
    assert "/@@reviews" in text
    assert not remind(site, monkeypatch, hour=15)
    # A week later what is overdue comes again, what is due soon does not.
    assert remind(site, monkeypatch, after=7)
    mine = next(row for row in outbox.read() if row[0] == "qicao@example.com")
    assert mine[1] == "指南待复核：逾期1份，即将到期0份"


def test_without_a_mail_server_nothing_counts_as_sent(site, outbox, monkeypatch):
    """Protects: what was not sent is sent when it can be."""
    site.MailHost.smtp_host = ""
    transaction.commit()
    assert not remind(site, monkeypatch)
    site.MailHost.smtp_host = "localhost"
    transaction.commit()
    assert remind(site, monkeypatch)


def test_a_failed_publication_is_told(site, outbox):
    """Protects: who scheduled it, publishers and heads are told the reason at once."""
    obj = site.guides.g3
    at = steps.now()
    notify(schedule.ScheduleFailed(obj, "publish_scheduled", at, "原因在此", "qicao"))
    assert outbox.read() == []
    transaction.commit()
    found = outbox.read()
    assert [to for to, _subject, _text in found] == [
        f"{name}@example.com" for name in ("fabu", "fuze", "qicao")
    ]
    subject, text = found[0][1:]
    assert subject.startswith("没有按时发布：测试事项g3")
    assert "原因在此" in text and "/guides/g3" in text
