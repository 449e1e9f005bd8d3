"""Acts that are no change of content: jobs, channels, seals, releases."""

from plone import api
from zhinan.jobs import store as jobs
from zhinan.publishing import channels
from zhinan.publishing.store import outbox
from zhinan.registers import releases
from zhinan.registers import seals
from zhinan.trail import store
from zhinan.trail.acts import settle

import datetime


def said(uid):
    """Acts of a chain with from and to."""
    settle()
    return [(e.act, e.before, e.after) for e in store.entries(uid)]


def test_a_job_that_a_person_starts(site):
    """Its kind, and that somebody ended it."""
    job = jobs.start("export", {"format": "json"})
    jobs.cancel(job)
    assert said(f"job:{job.id}") == [
        ("job.started", "", "export"),
        ("job.cancelled", "export", ""),
    ]


def test_a_channel(site):
    """Each step, never the token."""
    box = outbox(site)
    base = "http://localhost/zhinan"
    channel, token = channels.create(box, "hall", "大厅", "", base)
    channels.change(channel, {"title": "政务大厅"}, base)
    channels.change(channel, {"active": False}, base)
    channels.change(channel, {"active": True}, base)
    again = channel.rotate()
    channels.remove(box, channel)
    assert [act for act, _before, _after in said("channel:hall")] == [
        "channel.created",
        "channel.changed",
        "channel.paused",
        "channel.resumed",
        "channel.token",
        "channel.removed",
    ]
    whole = b"".join(store.peek(site).chain("channel:hall").entries.values())
    assert token.encode() not in whole and again.encode() not in whole


def test_the_use_of_a_seal(site):
    """Which entry of its record, not for whom."""
    seal = api.content.create(
        site.registers["approval-seal"], "ApprovalSeal", title="行政审批专用章"
    )
    settle()
    day = datetime.date.today().isoformat()
    values = {"matter": "王小明的申请", "impressions": 1, "day": day}
    seals.write(seal, values)
    settle()
    entry = store.entries(seal.UID())[-1]
    assert (entry.act, entry.edition, entry.fields) == ("seal.used", "1", {})
    texts = store.peek(site).chain(seal.UID()).entries.values()
    assert "王小明".encode() not in b"".join(texts)


def test_a_release_of_the_catalogue(site):
    """With its number."""
    entry = api.content.create(
        site.registers["catalogue-entry"], "CatalogueEntry", title="事项"
    )
    for step in ("submit", "publish"):
        api.content.transition(entry, step)
    site.portal_catalog.searchResults()
    releases.release({"title": "2026年版", "date": datetime.date.today().isoformat()})
    settle()
    (act,) = store.entries("catalogue")
    assert (act.act, act.edition, act.title) == ("catalogue.released", "1", "2026年版")
