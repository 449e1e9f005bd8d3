"""The consultation form from the applicant's screen to the department's answer."""

from .conftest import QUESTION
from .layer import DEPARTMENTS
from .layer import FORM
from .layer import PASSWORD
from collections.abc import Iterator
from collective.easyform.api import get_actions
from collective.easyform.api import get_schema
from collective.easyform.api import set_fields
from collective.easyform.interfaces import ISaveData
from contextlib import contextmanager
from email import message_from_bytes
from email import policy
from plone import api
from plone.app.testing import SITE_OWNER_NAME
from plone.base.interfaces.constrains import ISelectableConstrainTypes
from Products.CMFCore.WorkflowCore import WorkflowException
from typing import Any
from urllib.parse import quote
from zExceptions import Unauthorized
from zhinan.departments import directory
from zhinan.feedback import mail
from zhinan.feedback import store
from zhinan.feedback import wording
from zhinan.feedback import workflow
from zhinan.feedback.action import Deliver

import json
import pytest
import transaction


STATES = ("received", "answered", "closed")


def url(site: Any) -> str:
    return site[FORM].absolute_url()


def sent(site: Any) -> list[Any]:
    transaction.begin()
    return list(site["enquiries"].objectValues())


@contextmanager
def as_person(name: str | None) -> Iterator[None]:
    """As this person, or as nobody."""
    if name is None:
        from AccessControl.SecurityManagement import getSecurityManager
        from AccessControl.SecurityManagement import newSecurityManager
        from AccessControl.SecurityManagement import setSecurityManager
        from AccessControl.users import nobody

        before = getSecurityManager()
        newSecurityManager(None, nobody)
        try:
            yield
        finally:
            setSecurityManager(before)
    else:
        with api.env.adopt_user(username=name):
            yield


def found(person: str | None, **query: Any) -> list[str]:
    """What a catalogue search of this person finds."""
    with as_person(person):
        catalog = api.portal.get_tool("portal_catalog")
        return [brain.getId for brain in catalog(portal_type="Enquiry", **query)]


class TestForm:
    """The public form."""

    def test_form_is_shown_to_everyone(self, site, browse, consultation):
        browser = browse()
        browser.open(url(site))
        page = browser.contents
        assert consultation["title"] in page
        for field in consultation["fields"]:
            assert field["title"] in page
            assert field["help"] in page
        assert consultation["privacy"] in page
        assert consultation["submit"] in page
        assert "<script" not in page

    def test_form_chooses_no_department_by_itself(self, site, browse):
        browser = browse()
        browser.open(url(site))
        control = browser.getControl(name="form.widgets.department:list")
        assert control.value == ["--NOVALUE--"]
        assert control.options == ["--NOVALUE--", *directory.entries()]

    def test_form_tells_browsers_what_its_fields_are(self, site, browse):
        browser = browse()
        browser.open(url(site))
        inputs = {
            name: browser.getControl(name=f"form.widgets.{name}")._elem
            for name in ("sender_name", "sender_phone", "sender_email", "question")
        }
        assert inputs["sender_phone"].attrs["type"] == "tel"
        assert inputs["sender_email"].attrs["type"] == "email"
        assert inputs["sender_name"].attrs["autocomplete"] == "name"
        assert inputs["sender_name"].attrs["aria-required"] == "true"
        # What is too long is refused with a sentence, not cut off in silence.
        assert "maxlength" not in inputs["question"].attrs

    def test_form_can_be_opened_for_a_matter(self, site, browse):
        browser = browse()
        browser.open(
            f"{url(site)}?form.widgets.matter=%E5%A4%87%E6%A1%88&form.widgets.department=yi"
        )
        assert browser.getControl(name="form.widgets.matter").value == "备案"
        department = browser.getControl(name="form.widgets.department:list")
        assert department.value == ["yi"]

    def test_enquiry_arrives_and_the_person_is_thanked(
        self, site, browse, fill, consultation
    ):
        browser = fill(browse(), url(site))
        assert browser.url.endswith(f"/{FORM}/@@sent?department=jia")
        assert consultation["thanks"]["title"] in browser.contents
        assert "您的咨询已经送给嘉峪关市甲局。" in browser.contents
        assert "赵敏行" not in browser.contents
        (enquiry,) = sent(site)
        assert enquiry.department == "jia"
        assert enquiry.sender_name == "赵敏行"
        assert enquiry.sender_phone == "0937-1234567"
        assert enquiry.sender_email == "zhao@example.com"
        assert enquiry.matter == "企业投资项目备案"
        assert enquiry.question == QUESTION
        assert enquiry.publish_answer is False
        assert api.content.get_state(enquiry) == "received"
        assert enquiry.getOwner() is None or "Owner" not in enquiry.get_local_roles()

    def test_consent_to_publish_is_kept(self, site, browse, fill):
        browser = browse()
        browser.open(url(site))
        box = browser.getControl(name="form.widgets.publish_answer:list")
        assert box.value == []
        assert "愿意公开" in browser.contents
        box.value = ["selected"]
        for name, value in (
            ("sender_name", "赵敏行"),
            ("sender_phone", "13800000000"),
            ("question", "问题"),
        ):
            browser.getControl(name=f"form.widgets.{name}").value = value
        browser.getControl(name="form.widgets.department:list").value = ["yi"]
        browser.getControl(name="form.buttons.submit").click()
        (enquiry,) = sent(site)
        assert enquiry.publish_answer is True
        assert enquiry.department == "yi"

    def test_sending_twice_makes_one_enquiry(self, site, browse, fill):
        for _i in range(2):
            browser = fill(browse(), url(site))
            assert "/@@sent" in browser.url
        assert len(sent(site)) == 1
        fill(browse(), url(site), question="另一个问题")
        assert len(sent(site)) == 2

    @pytest.mark.parametrize(
        ("field", "value", "reason"),
        [
            ("sender_name", "", "required"),
            ("sender_phone", "", "required"),
            ("question", "", "required"),
            ("department", "", "required"),
            ("sender_phone", "12", "invalid"),
            ("sender_phone", "写信吧", "invalid"),
            ("sender_email", "zhao.example.com", "invalid"),
            ("sender_name", "王" * 51, "too_long"),
            ("matter", "备" * 201, "too_long"),
            ("question", "问" * 2001, "too_long"),
        ],
    )
    def test_mistake_is_named_and_entries_stay(
        self, site, browse, fill, consultation, field, value, reason
    ):
        browser = fill(browse(), url(site), **{field: value})
        (expected,) = (
            f["errors"][reason] for f in consultation["fields"] if f["name"] == field
        )
        # In the summary, as a link, and at the field.
        assert f'<a href="#form-widgets-{field}">{expected}</a>' in browser.contents
        assert browser.contents.count(expected) == 2
        assert f"<title>{consultation['title']} -" not in browser.contents
        wanted = {"sender_name": "赵敏行", "question": QUESTION, field: value}
        for name, entered in wanted.items():
            if name != "department":
                control = browser.getControl(name=f"form.widgets.{name}")
                assert control.value.replace("\r\n", "\n") == entered
        chosen = browser.getControl(name="form.widgets.department:list").value
        assert chosen == (["--NOVALUE--"] if field == "department" else ["jia"])
        assert "no-store" in browser.headers["Cache-Control"]
        assert sent(site) == []

    def test_line_breaks_count_as_one_character(self, site, browse, fill):
        fill(browse(), url(site), question="问\n" * 1000)
        assert len(sent(site)) == 1

    def test_unknown_department_is_refused(self, site, browse):
        browser = browse()
        browser.post(
            url(site),
            "form.widgets.sender_name=a&form.widgets.sender_phone=0937-1234567"
            "&form.widgets.question=q&form.widgets.department:list=nowhere"
            "&form.buttons.submit=x",
        )
        assert 'href="#form-widgets-department"' in browser.contents
        assert sent(site) == []

    def test_post_without_button_does_not_thank(self, site, browse):
        browser = browse()
        browser.post(
            url(site),
            "form.widgets.sender_name=a&form.widgets.sender_phone=0937-1234567"
            "&form.widgets.question=q&form.widgets.department:list=jia",
        )
        assert browser.url == url(site)
        assert 'name="form.buttons.submit"' in browser.contents
        assert sent(site) == []

    def test_machine_that_fills_in_everything_is_stopped(self, site, browse, fill):
        browser = browse()
        browser.open(url(site))
        browser.getControl(name="homepage").value = "http://example.com"
        for name in ("sender_name", "question"):
            browser.getControl(name=f"form.widgets.{name}").value = "x"
        browser.getControl(name="form.widgets.sender_phone").value = "0937-1234567"
        browser.getControl(name="form.widgets.department:list").value = ["jia"]
        browser.getControl(name="form.buttons.submit").click()
        assert sent(site) == []
        # A person whose browser did it presses the button again.
        assert browser.getControl(name="homepage").value == ""
        browser.getControl(name="form.buttons.submit").click()
        assert len(sent(site)) == 1

    def test_markup_is_only_text(self, site, browse, fill):
        evil = '<script>alert("1")</script>'
        browser = fill(browse(), url(site), sender_name=evil, sender_phone="1")
        assert evil not in browser.contents
        fill(browse(), url(site), sender_name=evil, question=evil)
        (enquiry,) = sent(site)
        page = browse(SITE_OWNER_NAME)
        page.open(enquiry.absolute_url())
        assert evil not in page.contents
        assert "&lt;script&gt;" in page.contents

    @pytest.mark.parametrize(
        "query", ["", "?department=nowhere", "?department:list=jia"]
    )
    def test_thanks_without_sending_leads_to_the_form(self, site, browse, query):
        browser = browse()
        browser.open(f"{url(site)}/@@sent{query}")
        assert browser.url == url(site)

    def test_failure_is_said_and_entries_stay(
        self, site, browse, fill, consultation, monkeypatch
    ):
        def fail(*args: Any) -> None:
            raise RuntimeError("no room")

        monkeypatch.setattr(store, "addContentToContainer", fail)
        browser = fill(browse(), url(site))
        assert consultation["send_failed"] in browser.contents
        question = browser.getControl(name="form.widgets.question").value
        assert question.replace("\r\n", "\n") == QUESTION
        assert sent(site) == []


class TestReaders:
    """Who reads it, and who does not."""

    def test_nothing_is_stored_on_the_form(self, site, enquiry):
        form = site[FORM]
        actions = get_actions(form)
        assert [type(actions[name]) for name in actions] == [Deliver]
        assert not any(ISaveData.providedBy(actions[name]) for name in actions)
        assert not hasattr(form, "_inputStorage")
        assert QUESTION.split("\n")[0] not in repr(form.__dict__)

    @pytest.mark.parametrize("person", [None, SITE_OWNER_NAME])
    def test_form_over_rest_holds_no_enquiry(self, site, browse, enquiry, person):
        browser = browse(person or "")
        browser.addHeader("Accept", "application/json")
        browser.open(f"{site.absolute_url()}/++api++/{FORM}")
        data = json.loads(browser.contents)
        assert data["@type"] == "EasyForm"
        assert "savedDataStorage" not in data
        text = json.dumps(data, ensure_ascii=False)
        assert "赵敏行" not in text
        assert "备案后项目名称" not in text

    @pytest.mark.parametrize("state", STATES)
    def test_only_its_department_reads_it(self, site, browse, enquiry, state):
        if state != "received":
            workflow.answer(enquiry, "可以改。")
        if state == "closed":
            workflow.close(enquiry)
        transaction.commit()
        page = browse("jia-jingban")
        page.open(enquiry.absolute_url())
        assert "备案后项目名称" in page.contents
        for person in ("", "yi-jingban"):
            with pytest.raises(Unauthorized):
                browse(person).open(enquiry.absolute_url())
        name = enquiry.getId()
        for query in ({}, {"SearchableText": "备案"}, {"department": "jia"}):
            assert found("jia-jingban", **query) == [name]
            assert found(SITE_OWNER_NAME, **query) == [name]
            assert found("yi-jingban", **query) == []
            assert found(None, **query) == []

    @pytest.mark.parametrize(
        "role", ["Member", "Editor", "Reviewer", "Contributor", "Reader"]
    )
    def test_other_staff_do_not_read_it(self, site, enquiry, role):
        api.user.create(email="a@example.com", username="other", password=PASSWORD)
        api.user.grant_roles(username="other", roles=[role])
        assert found("other") == []
        with api.env.adopt_user(username="other"):
            assert not api.user.has_permission("View", obj=enquiry)

    @pytest.mark.parametrize("person", ["", "yi-jingban"])
    def test_rest_tells_others_nothing(self, site, browse, enquiry, person):
        base = site.absolute_url()
        for path in (
            f"/++api++/enquiries/{enquiry.getId()}",
            f"/++api++/enquiries/{enquiry.getId()}/@history",
        ):
            browser = browse(person, errors=False)
            browser.handleErrors = True
            browser.addHeader("Accept", "application/json")
            browser.open(f"{base}{path}")
            assert browser.headers["status"][:3] in {"401", "403"}
            assert "赵敏行" not in json.dumps(
                json.loads(browser.contents), ensure_ascii=False
            )
        for query in (
            f"SearchableText={quote('备案')}",
            "portal_type=Enquiry",
            "fullobjects=1",
        ):
            browser = browse(person)
            browser.addHeader("Accept", "application/json")
            browser.open(f"{base}/++api++/@search?{query}")
            items = json.loads(browser.contents)["items"]
            assert [i for i in items if i["@type"] == "Enquiry"] == []

    def test_rest_gives_it_to_its_department(self, site, browse, enquiry):
        browser = browse("jia-jingban")
        browser.addHeader("Accept", "application/json")
        browser.open(f"{site.absolute_url()}/++api++/enquiries/{enquiry.getId()}")
        data = json.loads(browser.contents)
        assert data["question"] == QUESTION
        assert data["department"]["token"] == "jia"

    def test_sender_with_account_gets_no_right_to_it(self, site, browse, fill):
        fill(browse("yi-jingban"), url(site))
        (enquiry,) = sent(site)
        with api.env.adopt_user(username="yi-jingban"):
            assert not api.user.has_permission("View", obj=enquiry)

    def test_folder_is_private_and_takes_nothing_by_hand(self, site):
        box = site["enquiries"]
        assert api.content.get_state(box) == "private"
        assert box.exclude_from_nav is True
        assert ISelectableConstrainTypes(box).getLocallyAllowedTypes() == []
        with pytest.raises(api.exc.InvalidParameterError):
            api.content.create(site, "Enquiry", id="by-hand", title="x")


class TestDepartment:
    """What the department does with it."""

    def test_list_wants_a_login(self, site, browse):
        with pytest.raises(Unauthorized):
            browse().open(f"{site.absolute_url()}/@@enquiries")

    def test_list_shows_what_is_theirs(self, site, browse, enquiry):
        browser = browse("jia-jingban")
        browser.open(f"{site.absolute_url()}/@@enquiries")
        assert enquiry.absolute_url() in browser.contents
        assert DEPARTMENTS["jia"] in browser.contents
        browser.open(f"{site.absolute_url()}/@@enquiries?state=closed")
        assert enquiry.absolute_url() not in browser.contents
        assert "zn-emptystate" in browser.contents
        other = browse("yi-jingban")
        other.open(f"{site.absolute_url()}/@@enquiries")
        assert enquiry.absolute_url() not in other.contents
        assert "zn-emptystate" in other.contents

    def test_staff_bar_leads_to_the_desk_and_that_to_the_list(self, site, browse):
        desk = f'href="{site.absolute_url()}/@@desk"'
        link = f'href="{site.absolute_url()}/@@enquiries"'
        api.user.create(email="a@example.com", username="other", password=PASSWORD)
        transaction.commit()
        for person, shown in (("jia-jingban", True), ("other", False), ("", False)):
            browser = browse(person)
            browser.open(url(site))
            assert (desk in browser.contents) is shown, person
            if person:
                browser.open(f"{site.absolute_url()}/@@desk")
                assert (link in browser.contents) is shown, person

    def test_page_promises_no_mail_that_cannot_be_sent(self, site, browse, enquiry):
        browser = browse("jia-jingban")
        browser.open(enquiry.absolute_url())
        assert "保存并发送答复" not in browser.contents

    def test_department_answers_on_the_page(self, site, browse, enquiry, outbox):
        browser = browse("jia-jingban")
        browser.open(enquiry.absolute_url())
        browser.getControl(name="answer").value = "可以改。\n请交变更说明。"
        browser.getControl(name="step", index=0).click()
        assert browser.url == f"{enquiry.absolute_url()}?done=answer"
        transaction.begin()
        assert api.content.get_state(enquiry) == "answered"
        assert enquiry.answer == "可以改。\n请交变更说明。"
        last = api.portal.get_tool("portal_workflow").getInfoFor(
            enquiry, "review_history"
        )
        assert last[-1]["actor"] == "jia-jingban"
        assert last[-1]["comments"] == enquiry.answer
        assert "市甲局经办" in browser.contents
        ((_from, to, raw),) = outbox.messages
        message = message_from_bytes(raw, policy=policy.default)
        assert list(to) == ["zhao@example.com"]
        assert "可以改。" in message.get_content()
        assert QUESTION.split("\n")[0] in message.get_content()

    def test_department_answers_over_rest(self, site, browse, enquiry):
        browser = browse("jia-jingban")
        browser.addHeader("Accept", "application/json")
        browser.post(
            f"{enquiry.absolute_url()}/@workflow/answer",
            json.dumps({"comment": "可以改。"}),
            "application/json",
        )
        transaction.begin()
        assert enquiry.answer == "可以改。"
        assert api.content.get_state(enquiry) == "answered"

    def test_answer_needs_text(self, site, browse, enquiry):
        browser = browse("jia-jingban")
        browser.open(enquiry.absolute_url())
        browser.getControl(name="answer").value = "  "
        browser.getControl(name="step", index=0).click()
        assert "zn-errors" in browser.contents
        transaction.begin()
        assert api.content.get_state(enquiry) == "received"
        with pytest.raises(WorkflowException):
            workflow.answer(enquiry, "答" * 2001)

    def test_step_without_token_is_refused(self, site, browse, enquiry):
        browser = browse("jia-jingban", errors=False)
        browser.handleErrors = True
        browser.post(enquiry.absolute_url(), "step=close")
        assert browser.headers["status"].startswith("403")
        transaction.begin()
        assert api.content.get_state(enquiry) == "received"

    def test_forwarding_moves_who_reads_it(self, site, browse, enquiry, outbox):
        browser = browse("jia-jingban")
        browser.open(enquiry.absolute_url())
        browser.getControl(name="department").value = ["yi"]
        browser.getControl(name="step", index=1).click()
        assert browser.url.endswith("/@@enquiries?done=forward")
        transaction.begin()
        assert enquiry.department == "yi"
        assert found("jia-jingban") == []
        assert found("yi-jingban") == [enquiry.getId()]
        with pytest.raises(Unauthorized):
            browse("jia-jingban").open(enquiry.absolute_url())
        browse("yi-jingban").open(enquiry.absolute_url())
        ((_from, to, _raw),) = outbox.messages
        assert list(to) == ["yi@example.com"]

    @pytest.mark.parametrize("target", ["", "nowhere", "jia"])
    def test_forwarding_to_nowhere_is_refused(self, site, enquiry, target):
        with pytest.raises(WorkflowException):
            workflow.forward(enquiry, target)
        assert enquiry.department == "jia"

    def test_closing_takes_off_who_asked(self, site, browse, enquiry):
        workflow.answer(enquiry, "可以改。")
        workflow.close(enquiry)
        assert (enquiry.sender_name, enquiry.sender_phone, enquiry.sender_email) == (
            "",
        ) * 3
        assert enquiry.question == QUESTION
        assert found(SITE_OWNER_NAME, SearchableText="赵敏行") == []
        assert found(SITE_OWNER_NAME, SearchableText="0937-1234567") == []
        with api.env.adopt_user(username="jia-jingban"):
            assert not api.user.has_permission("Zhinan: Answer enquiries", obj=enquiry)

    def test_handler_cannot_change_what_was_asked(self, site, browse, enquiry):
        with api.env.adopt_user(username="jia-jingban"):
            for permission in ("Modify portal content", "Delete objects"):
                assert not api.user.has_permission(permission, obj=enquiry)


class TestMail:
    """Mail, which is sent if it can be."""

    def test_department_gets_mail(self, site, browse, fill, outbox):
        fill(browse(), url(site))
        ((_from, to, raw),) = outbox.messages
        message = message_from_bytes(raw, policy=policy.default)
        assert list(to) == ["jia@example.com"]
        assert message["Subject"] == "【咨询】嘉峪关市甲局收到一份新的咨询表"
        text = message.get_content()
        assert "联系电话：0937-1234567" in text
        assert "是否愿意公开答复：不愿意" in text
        for line in QUESTION.split("\n"):
            assert line in text

    def test_second_sending_mails_nothing(self, site, browse, fill, outbox):
        fill(browse(), url(site))
        fill(browse(), url(site))
        assert len(outbox.messages) == 1

    def test_dead_mail_server_costs_no_enquiry(
        self, site, browse, fill, outbox, caplog
    ):
        outbox.broken = True
        browser = fill(browse(), url(site))
        assert "/@@sent" in browser.url
        assert len(sent(site)) == 1
        assert "mail server" in caplog.text

    def test_no_mail_without_mail_server(self, site, browse, fill, monkeypatch):
        fill(browse(), url(site))
        assert len(sent(site)) == 1

    def test_no_header_can_be_smuggled_in(self, site, outbox):
        transaction.begin()
        mail.send(
            ["a@example.com"], "主题\r\nBcc: b@example.com", "正文\r\n.\r\nBcc: c"
        )
        transaction.commit()
        ((_from, to, raw),) = outbox.messages
        message = message_from_bytes(raw, policy=policy.default)
        assert list(to) == ["a@example.com"]
        assert message["Bcc"] is None
        assert message["Subject"] == "主题 Bcc: b@example.com"

    def test_smuggled_lines_of_a_sender_become_one(self, site):
        values = {
            "sender_name": "王\r\nBcc: b@example.com",
            "sender_phone": "0937-1234567",
            "department": "jia",
            "question": "问",
        }
        enquiry, new = store.keep(values)
        assert new
        assert enquiry.sender_name == "王 Bcc: b@example.com"

    def test_fill_reads_each_value_once(self):
        text = mail.fill("{a}-{b}-{c}", {"a": "{b}", "b": "{0.__class__}"})
        assert text == "{b}-{0.__class__}-"


class TestWords:
    """What the form itself says."""

    def test_words_of_fields_survive_editing_in_the_browser(self, site):
        form = site[FORM]
        before = {n: wording.wording(get_schema(form), n) for n in get_schema(form)}
        assert before["sender_phone"]["invalid"]
        set_fields(form, get_schema(form))
        after = {n: wording.wording(get_schema(form), n) for n in get_schema(form)}
        assert after == before

    def test_unknown_department_is_not_kept(self, site):
        with pytest.raises(store.NotDeliverable):
            store.keep({"department": "nowhere", "question": "问"})
        with pytest.raises(store.NotDeliverable):
            store.keep({"department": "jia", "question": " "})
