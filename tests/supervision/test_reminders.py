"""Reminders by mail: to whom, when, and each one once."""

from .test_notices import asked
from datetime import datetime
from datetime import timedelta
from email import message_from_bytes
from email import policy
from plone import api
from Products.MailHost.MailHost import MailBase
from zhinan.departments.citytime import CITY_TIME
from zhinan.departments.citytime import today
from zhinan.supervision.notices import reminders

import pytest
import transaction


class Outbox:
    """Stands in the place of the mail server."""

    def __init__(self):
        self.messages = []

    def send(self, mfrom, mto, message):
        """Take a message."""
        self.messages.append((mto, message))

    vote = send

    def subjects(self):
        """Subjects so far."""
        return [
            message_from_bytes(raw, policy=policy.default)["Subject"]
            for _to, raw in self.messages
        ]


@pytest.fixture
def outbox(site, monkeypatch):
    """What the mail server of the tests took; the site has an address."""
    box = Outbox()
    monkeypatch.setattr(MailBase, "_makeMailer", lambda self: box)
    api.portal.set_registry_record("plone.email_from_address", "site@example.com")
    api.portal.set_registry_record("plone.email_from_name", "站点")
    site.MailHost.smtp_host = "localhost"
    transaction.commit()
    return box


@pytest.fixture
def notice(ask, site, guide, outbox):
    """Issued ten days ago, due in three days."""
    answer = ask("ducha").call("POST", "notices", **asked(guide, inform=["libianji"]))
    assert answer.status_code == 201, answer.text
    transaction.begin()
    (obj,) = site["notices"].objectValues()
    return obj


def run(site, monkeypatch, day, hour=9):
    moment = datetime(day.year, day.month, day.day, hour, tzinfo=CITY_TIME)
    monkeypatch.setattr(reminders, "now", lambda: moment)
    transaction.begin()
    wrote = reminders.REMINDERS.run(site)
    transaction.commit()
    return wrote


def test_each_once(site, ask, notice, outbox, monkeypatch):
    """Issue, three days, one day, daily when overdue; no mail twice, none at night."""
    due = notice.due
    ((to, raw),) = outbox.messages
    assert sorted(to) == [f"{n}@example.com" for n in ("libianji", "yifuze")]
    (subject,) = outbox.subjects()
    assert subject.startswith(f"督办〔{today().year}〕1号：请于")
    text = message_from_bytes(raw, policy=policy.default).get_content()
    assert notice.absolute_url() in text and "为什么" not in text
    assert not run(site, monkeypatch, due - timedelta(days=4))
    assert run(site, monkeypatch, due - timedelta(days=3))
    assert not run(site, monkeypatch, due - timedelta(days=3), 15)
    assert not run(site, monkeypatch, due - timedelta(days=2))
    assert not run(site, monkeypatch, due - timedelta(days=1), 3)
    assert run(site, monkeypatch, due - timedelta(days=1))
    assert not run(site, monkeypatch, due)
    assert run(site, monkeypatch, due + timedelta(days=1))
    assert not run(site, monkeypatch, due + timedelta(days=1), 20)
    assert run(site, monkeypatch, due + timedelta(days=2))
    assert len(outbox.messages) == 5
    assert "已逾期" in outbox.subjects()[-1]
    assert len(reminders.occasions(notice)) == 4
    items = ask("ducha").json(f"{notice.absolute_url()}/@timeline")["items"]
    assert [i["act"] for i in items].count("notice.reminded") == 4
    assert "系统发出催办" in items[0]["sentence"]

    ask("yifuze").call("POST", f"{notice.absolute_url()}/@reply", text="答复")
    assert not run(site, monkeypatch, due + timedelta(days=3))


def test_without_a_mail_server_nothing_counts_as_sent(
    site, ask, notice, outbox, monkeypatch
):
    """The page says so, and the mail goes out once there is a server."""
    site.MailHost.smtp_host = ""
    transaction.commit()
    assert not run(site, monkeypatch, notice.due - timedelta(days=3))
    assert reminders.occasions(notice) == {}
    page = ask("ducha").page(notice.absolute_url()).text_content()
    assert "本站没有配置邮件服务器" in page
    site.MailHost.smtp_host = "localhost"
    transaction.commit()
    assert run(site, monkeypatch, notice.due - timedelta(days=2))
