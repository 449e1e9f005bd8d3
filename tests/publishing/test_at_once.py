"""Two people in one thing at the very same moment, over HTTP: one clear answer each.

Both requests are let into the server together and kept waiting until each has seen the
database as it was before the other, so that they meet for certain and not by luck. What
one of them writes then, the other meets as a conflict, and is done again.
"""

from .people import act
from .people import approved
from .people import draft
from .people import online
from .people import PASSWORD
from .people import PEOPLE
from .people import settle_department
from lxml.html import fromstring
from plone import api
from plone.app.testing import login
from plone.app.testing import SITE_OWNER_NAME
from rest.client import Client
from threading import Barrier
from threading import BrokenBarrierError
from threading import Thread
from zhinan.forms import newer
from zhinan.guides import workingcopy
from zhinan.guides.requirementsettings import IRequirementSettings
from zhinan.publishing import each
from zhinan.publishing import editions
from zhinan.publishing import rounds
from zhinan.publishing import steps
from zhinan.rules.requirements import requirements
from zhinan.trail import acts
from zhinan.trail import store
from zope.event import notify
from zope.lifecycleevent import ObjectModifiedEvent

import pytest
import transaction


#: How often each of them is tried: who is first changes, what comes of it does not.
ROUNDS = 5
#: A second one of every function: two who do the same at once.
SECOND = {
    "qicao2": ("editor",),
    "shenhe2": ("reviewer",),
    "fabu2": ("publisher",),
}
TITLE, SENTENCE = "form.widgets.title", "form.widgets.description"


@pytest.fixture
def site(functional):
    """A department with its people; what a guide needs is no matter here."""
    portal = functional["portal"]
    login(functional["app"], SITE_OWNER_NAME)
    settle_department(portal, people={**PEOPLE, **SECOND})
    off = list(requirements())
    api.portal.set_registry_record("off", off, IRequirementSettings)
    transaction.commit()
    return portal


@pytest.fixture
def people(site):
    """A client for everyone."""
    found = {
        name: Client(site.absolute_url(), (name, PASSWORD))
        for name in (*PEOPLE, *SECOND)
    }
    yield found
    for client in found.values():
        client.close()


@pytest.fixture
def meet(monkeypatch):
    """Let the first two calls of a function wait for each other."""

    def planted(module, name):
        whole, barrier, come = getattr(module, name), Barrier(2), []

        def waiting(*args, **values):
            if len(come) < 2:
                come.append(name)
                try:
                    barrier.wait(20)
                except BrokenBarrierError:
                    raise AssertionError("the other one never came") from None
            return whole(*args, **values)

        monkeypatch.setattr(module, name, waiting)
        return come

    yield planted


def at_once(*works):
    """Do all of these in threads of their own; their answers, in this order."""
    found = [None] * len(works)

    def run(number, work):
        found[number] = work()

    threads = [Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    transaction.begin()
    return found


def send(client, url, **options):
    """A request, ready to be sent."""
    return lambda: client.post(url, **options)


def step(client, obj, name, **values):
    """A step over REST, ready to be taken."""
    return send(client, f"guides/{obj.getId()}/@transition/{name}", json=values)


def taken(obj, name):
    """The people who took a step, as the trail has it."""
    found = store.entries(obj.UID())
    return [entry.who for entry in found if entry.act == f"workflow.{name}"]


def statuses(answers):
    """How each of them was answered."""
    return [answer.status_code for answer in answers]


def said(answer):
    """The sentence of a refusal."""
    return answer.json()["error"]["message"]


# --------------------------------------------------------------------- reviewers


def test_two_reviewers_approve(site, people, meet):
    """Protects: one approval, one entry; the other one reads who was quicker."""
    for number in range(ROUNDS):
        guide = draft(site, f"g{number}")
        act(site, guide, "qicao", "submit")
        transaction.commit()
        names = ("shenhe", "shenhe2")
        come = meet(each, "attempt")
        answers = at_once(*(step(people[n], guide, "approve") for n in names))
        assert len(come) == 2
        assert sorted(statuses(answers)) == [200, 409], [a.text for a in answers]
        won, lost = sorted(range(2), key=lambda n: answers[n].status_code)
        assert "现在不能执行“审核通过”" in said(answers[lost])
        assert names[won] in said(answers[lost])
        assert rounds.peek(site).round(guide.UID()).approved_by == names[won]
        assert taken(guide, "approve") == [names[won]]
        assert steps.state_of(guide) == "approved"


def test_two_reviewers_on_the_page(site, people, meet):
    """Protects: on the page as well, and no error of the server."""
    guide = draft(site, "g1")
    act(site, guide, "qicao", "submit")
    transaction.commit()
    names = ("shenhe", "shenhe2")
    url = f"{guide.absolute_url()}/@@transition"
    forms = {n: form(people[n].get(f"{url}?id=approve", headers=HTML)) for n in names}
    come = meet(each, "attempt")
    answers = at_once(
        *(
            send(people[n], url, data={**forms[n], "do": "1"}, headers=HTML)
            for n in names
        )
    )
    assert len(come) == 2
    assert sorted(statuses(answers)) == [303, 409]
    won, lost = sorted(range(2), key=lambda n: answers[n].status_code)
    assert f"{names[won]}操作后" in answers[lost].text
    assert taken(guide, "approve") == [names[won]]


def test_one_approves_while_the_other_returns(site, people, meet):
    """Protects: of two who judge differently one holds, and the other one is told."""
    for number in range(ROUNDS):
        guide = draft(site, f"g{number}")
        act(site, guide, "qicao", "submit")
        transaction.commit()
        come = meet(each, "attempt")
        answers = at_once(
            step(people["shenhe"], guide, "approve"),
            step(people["shenhe2"], guide, "return_for_changes", comment="重写"),
        )
        assert len(come) == 2
        known = rounds.peek(site).round(guide.UID())
        state = steps.state_of(guide)
        done = len(taken(guide, "approve")), len(taken(guide, "return_for_changes"))
        if statuses(answers) == [200, 409]:
            assert (state, known.approved_by, done) == ("approved", "shenhe", (1, 0))
            assert known.comments == ()
        elif statuses(answers) == [200, 200]:
            # Approved first: what is approved may still be given back.
            assert (state, known.approved_by, done) == ("draft", "", (1, 1))
            assert known.comments[0].text == "重写"
        else:
            assert statuses(answers) == [409, 200]
            assert (state, known.approved_by, done) == ("draft", "", (0, 1))


# -------------------------------------------------------------------- publishers


def test_two_publishers_publish(site, people, meet):
    """Protects: exactly one edition, by who was first, with that person's note."""
    for number in range(ROUNDS):
        guide = approved(site, draft(site, f"g{number}"))
        transaction.commit()
        names = ("fabu", "fabu2")
        come = meet(each, "attempt")
        answers = at_once(
            *(step(people[n], guide, "publish", note=f"{n}发布") for n in names)
        )
        assert len(come) == 2
        assert sorted(statuses(answers)) == [200, 409], [a.text for a in answers]
        won, lost = sorted(range(2), key=lambda n: answers[n].status_code)
        (edition,) = editions.peek(site).all(guide.UID())
        assert (edition.published_by, edition.note) == (names[won], f"{names[won]}发布")
        assert names[won] in said(answers[lost])
        assert taken(guide, "publish") == [names[won]]
        assert editions.peek(site).check(guide.UID()) == []


def test_two_publishers_publish_two_guides(site, people, meet):
    """Protects: guides have nothing to do with each other; both are online."""
    for number in range(ROUNDS):
        guides = [
            approved(site, draft(site, f"g{number}{side}")) for side in ("a", "b")
        ]
        transaction.commit()
        come = meet(each, "attempt")
        answers = at_once(
            step(people["fabu"], guides[0], "publish", note="甲"),
            step(people["fabu2"], guides[1], "publish", note="乙"),
        )
        assert len(come) == 2
        assert statuses(answers) == [200, 200], [a.text for a in answers]
        for guide, note in zip(guides, "甲乙", strict=True):
            (edition,) = editions.peek(site).all(guide.UID())
            assert edition.note == note
            assert taken(guide, "publish") == [edition.published_by]


# ----------------------------------------------------------------------- editors


def test_two_editors_save(site, people, meet):
    """Protects: the later one reads what the other one wrote, and then both are in."""
    guide = draft(site, "g1", description="原来的一句。")
    transaction.commit()
    url = f"{guide.absolute_url()}/edit"
    names = ("qicao", "qicao2")
    typed = {"qicao": {TITLE: "甲的名称"}, "qicao2": {SENTENCE: "乙的一句。"}}
    for number in range(ROUNDS):
        changes = {
            name: {key: f"{value}{number}" for key, value in typed[name].items()}
            for name in names
        }
        forms = {
            n: form(people[n].get(url, headers=HTML), "zhinan_state") for n in names
        }
        come = meet(newer, "read_state")
        pressed = {"form.buttons.save": "1"}
        sent = [
            send(
                people[n], url, data={**forms[n], **changes[n], **pressed}, headers=HTML
            )
            for n in names
        ]
        answers = dict(zip(names, at_once(*sent), strict=True))
        assert len(come) == 2
        (lost,) = (n for n in names if "zhinan-newer-title" in answers[n].text)
        (won,) = set(names) - {lost}
        assert answers[won].status_code == 302, answers[won].text
        page = answers[lost]
        shown = page.text.partition("zhinan-newer-title")[2].partition("</section>")[0]
        (mine,), (theirs,) = changes[lost].values(), changes[won].values()
        assert theirs in shown
        assert won in page.text
        again = form(page, "zhinan_state")
        # Nothing of what was typed is lost, and nothing of the other one's.
        assert again[next(iter(changes[lost]))] == mine
        answer = people[lost].post(
            url, data={**again, "form.buttons.save": "1"}, headers=HTML
        )
        assert answer.status_code == 302, answer.text
        transaction.begin()
        assert guide.title == f"甲的名称{number}"
        assert guide.description == f"乙的一句。{number}"
    drafted = rounds.peek(site).round(guide.UID()).drafted_by
    assert set(drafted) == set(names)


# ---------------------------------------------------------------- working copies


def revised(site, guide, person="qicao", title="修改后的名称"):
    """A working copy of a guide, approved."""
    login(site, person)
    copy = workingcopy.check_out(guide)
    copy.title = title
    notify(ObjectModifiedEvent(copy))
    acts.settle()
    return approved(site, copy)


def test_two_open_a_copy(site, people, meet):
    """Protects: a guide has one working copy, and both people get to it."""
    for number in range(ROUNDS):
        guide = online(site, draft(site, f"g{number}"))
        transaction.commit()
        url = f"guides/g{number}/@workingcopy"
        come = meet(workingcopy, "check_out")
        answers = at_once(*(send(people[n], url) for n in ("qicao", "qicao2")))
        assert len(come) == 2
        assert sorted(statuses(answers)) == [201, 409], [a.text for a in answers]
        assert "已有工作副本" in said(max(answers, key=lambda a: a.status_code))
        copy = workingcopy.copy_of(guide)
        assert {a.json()["@id"] for a in answers} == {copy.absolute_url()}
        names = [name for name in site.guides if name.startswith(f"g{number}-")]
        assert names == [copy.getId()]
        opened = [e for e in store.entries(guide.UID()) if e.act == workingcopy.OPENED]
        assert len(opened) == 1


def test_two_open_a_copy_on_the_page(site, people, meet):
    """Protects: who comes second is led into the same copy."""
    guide = online(site, draft(site, "g1"))
    transaction.commit()
    url = f"{guide.absolute_url()}/@@check-out"
    names = ("qicao", "qicao2")
    forms = {n: form(people[n].get(url, headers=HTML)) for n in names}
    come = meet(workingcopy, "check_out")
    answers = at_once(
        *(send(people[n], url, data=forms[n], headers=HTML) for n in names)
    )
    assert len(come) == 2
    assert statuses(answers) == [303, 303]
    copy = workingcopy.copy_of(guide)
    assert {a.headers["Location"] for a in answers} == {copy.absolute_url()}


def test_two_publish_one_copy(site, people, meet):
    """Protects: a copy is merged once, and the later one is not told an error."""
    for number in range(ROUNDS):
        guide = online(site, draft(site, f"g{number}"))
        copy = revised(site, guide)
        transaction.commit()
        path = copy.getId()
        come = meet(each, "attempt")
        answers = at_once(
            *(
                step(people[n], copy, "publish", note=f"{n}修改")
                for n in ("fabu", "fabu2")
            )
        )
        assert len(come) == 2
        # The copy is gone when the later one is done again.
        assert sorted(statuses(answers)) == [200, 404], [a.text for a in answers]
        assert path not in site.guides
        assert [str(e.number) for e in editions.peek(site).all(guide.UID())] == [
            "1.0",
            "2.0",
        ]
        assert guide.title == "修改后的名称"
        assert len(guide.objectIds()) == 1


def test_withdrawn_while_its_copy_is_published(site, people, meet):
    """Protects: whichever comes first, nothing is half done and no work is lost."""
    ways = set()
    for number in range(ROUNDS):
        guide = online(site, draft(site, f"g{number}"))
        copy = revised(site, guide)
        transaction.commit()
        path = copy.getId()
        come = meet(each, "attempt")
        published, left = at_once(
            step(people["fabu"], copy, "publish", note="修改"),
            step(people["fabu2"], guide, "withdraw", reason="依据已废止"),
        )
        assert len(come) == 2
        assert left.status_code == 200, left.text
        assert steps.state_of(guide) == "withdrawn"
        assert rounds.peek(site).standing(guide.UID()).left == "依据已废止"
        numbers = [str(e.number) for e in editions.peek(site).all(guide.UID())]
        ways.add(published.status_code)
        if published.status_code == 200:
            # Published first, withdrawn then.
            assert numbers == ["1.0", "2.0"] and path not in site.guides
            assert guide.title == "修改后的名称"
            continue
        assert published.status_code == 422, published.text
        assert "这份工作副本的指南已不在线" in said(published)
        assert numbers == ["1.0"] and guide.title == f"测试事项g{number}"
        copy = site.guides[path]
        assert (steps.state_of(copy), copy.title) == ("approved", "修改后的名称")
        assert workingcopy.copy_of(guide).getId() == path
    assert ways <= {200, 422}


# ------------------------------------------------------------------------- pages

HTML = {"Accept": "text/html", "Accept-Language": "zh-CN"}


def form(answer, field="_authenticator"):
    """Everything that a browser would send of the form of a page."""
    assert answer.status_code == 200, answer.text
    found = [
        made
        for made in fromstring(answer.text).forms
        if field in made.fields and made.method == "POST"
    ]
    pairs = found[0].form_values()
    return {key: value for key, value in pairs if "TT" not in key and "AA" not in key}
