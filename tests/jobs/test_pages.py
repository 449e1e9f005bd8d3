"""Jobs on pages and through REST: one's own, and nobody else's."""

from plone import api
from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import SITE_OWNER_PASSWORD
from zhinan.jobs import store
from zhinan.jobs.runner import run_waiting
from zhinan.testing import add_person

import lxml.html
import pytest
import requests
import transaction


PASSWORD = "ren-wu-2026-ceshi"


@pytest.fixture
def people(site):
    """Two editors; the first has started a job that has ended and one that waits."""
    found = {}
    for name in ("zhangsan", "lisi"):
        found[name] = api.user.create(
            f"{name}@example.com",
            name,
            PASSWORD,
            roles=("Member", "Site Administrator"),
        )
    add_person("wangwu", PASSWORD, "editor", department="csj")
    other = api.user.get(username="wangwu")
    with api.env.adopt_user(user=found["zhangsan"]):
        ended = store.start("counting", {"number": 4, "filename": "事项.xlsx"})
        run_waiting(site)
        waiting = store.start("counting", {"number": 9})
    with api.env.adopt_user(user=other):
        pass
    transaction.commit()
    return ended.id, waiting.id


def client(site, name):
    """A session of a person, or of nobody."""
    session = requests.Session()
    session.trust_env = False
    session.headers["Accept"] = "application/json"
    if name == SITE_OWNER_NAME:
        session.auth = (name, SITE_OWNER_PASSWORD)
    elif name:
        session.auth = (name, PASSWORD)
    session.site = site.absolute_url()
    return session


def page(session, path):
    """A page as its parsed HTML."""
    answer = session.get(f"{session.site}{path}", headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.status_code
    return lxml.html.fromstring(answer.text)


def test_a_job_tells_what_came_of_it(site, people):
    """State, counts, rows and files, each at its own address."""
    ended, waiting = people
    me = client(site, "zhangsan")
    found = me.get(f"{me.site}/@jobs/{ended}").json()
    assert found["state"] == "done" and found["ended"] is True
    assert found["counts"] == {"new": 4} and found["progress"] == "4 / 4"
    assert found["rows"]["items_total"] == 4
    rows = me.get(f"{found['rows']['@id']}?start=1&limit=2").json()
    assert [row["number"] for row in rows["items"]] == [1, 2]
    assert rows["next"].endswith("start=3")
    file = found["files"][0]
    answer = me.get(file["@id"])
    assert answer.content == b"4" and answer.headers["Content-Length"] == "1"
    assert "attachment" in answer.headers["Content-Disposition"]
    listing = me.get(f"{me.site}/@jobs").json()
    assert [item["id"] for item in listing["items"]] == [waiting, ended]


@pytest.mark.parametrize("query", ["start=-1", "start=x", "limit=1.5", "start=%F0"])
def test_impossible_numbers_are_refused(site, people, query):
    """A mistake in the address is the client's."""
    me = client(site, "zhangsan")
    answer = me.get(f"{me.site}/@jobs/{people[0]}/rows?{query}")
    assert answer.status_code == 400


def test_cancel_is_asked_once_and_an_ended_job_refuses(site, people):
    """202 and a job that ends; 409 afterwards."""
    _ended, waiting = people
    me = client(site, "zhangsan")
    answer = me.delete(f"{me.site}/@jobs/{waiting}")
    assert answer.status_code == 202 and answer.json()["being_cancelled"] is True
    transaction.begin()
    run_waiting(site)
    assert store.get(waiting).state == "cancelled"
    assert me.delete(f"{me.site}/@jobs/{waiting}").status_code == 409
    assert me.delete(f"{me.site}/@jobs").status_code == 404


PATHS = [
    "/@jobs/{job}",
    "/@jobs/{job}/rows",
    "/@jobs/{job}/files/%E7%BB%93%E6%9E%9C.txt",
    "/@@job?id={job}",
    "/@@job-file?id={job}&name=%E7%BB%93%E6%9E%9C.txt",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_foreign_job_is_not_there(site, people, path):
    """An editor sees nothing of another's job; nobody sees any; a manager sees all."""
    address = path.format(job=people[0])
    allowed, foreign, nobody = (
        client(site, name) for name in (SITE_OWNER_NAME, "wangwu", "")
    )
    assert allowed.get(f"{allowed.site}{address}").status_code == 200
    assert foreign.get(f"{foreign.site}{address}").status_code == 404
    refused = nobody.get(f"{nobody.site}{address}", allow_redirects=False)
    assert refused.status_code in {302, 401, 404}
    assert foreign.delete(f"{foreign.site}/@jobs/{people[1]}").status_code == 404
    assert foreign.get(f"{foreign.site}/@jobs").json()["items"] == []


def test_the_pages_show_it(site, people):
    """The list, the job with its file, and cancel by a button with a token."""
    ended, waiting = people
    me = client(site, "zhangsan")
    entries = page(me, "/@@jobs").cssselect(".zn-jobs tbody tr")
    assert len(entries) == 2 and "事项.xlsx" in entries[1].text_content()
    done = page(me, f"/@@job?id={ended}")
    assert done.cssselect("#zn-job")[0].get("data-ended") == "yes"
    assert not done.cssselect("button[name=cancel], script, progress")
    link = done.cssselect("a[href*=job-file]")[0].get("href")
    assert me.get(link).content == b"4"
    running = page(me, f"/@@job?id={waiting}")
    form = running.cssselect("main form")[0]
    assert running.cssselect("progress") and running.cssselect("script")
    assert me.post(form.get("action"), data={"cancel": "1"}).status_code == 403
    fields = {one.get("name"): one.get("value") for one in form.cssselect("input")}
    answer = me.post(
        form.get("action"), data={**fields, "cancel": "1"}, allow_redirects=False
    )
    assert answer.status_code == 303
    transaction.begin()
    assert store.get(waiting).control.cancelled_by == "zhangsan"


def test_nobody_is_asked_to_log_in(site, people):
    """The lists are not for the public."""
    nobody = client(site, "")
    assert nobody.get(f"{nobody.site}/@jobs").status_code == 401
    answer = nobody.get(f"{nobody.site}/@@jobs", allow_redirects=False)
    assert answer.status_code in {302, 401}
