"""The examples in docs/rest.md are what a site really answers.

``ZHINAN_WRITE_EXAMPLES=1 pytest tests/rest/test_documentation.py`` writes them anew;
without it a difference fails.
"""

from . import examples
from . import transition_examples
from .client import Client
from .conftest import PASSWORD
from .sample import BASIS
from .sample import BASIS_DATA
from .sample import CREDIT_CODE
from .sample import DEPARTMENT_DATA
from .sample import GUIDE
from .sample import GUIDE_DATA
from .sample import MATERIAL
from .sample import MATERIAL_DATA
from .sample import OLD_VERSION
from .sample import POLICY_DATA
from .sample import VERSION
from plone import api
from unittest import mock
from zhinan.guides.nightly import KIND
from zhinan.jobs.runner import run_waiting
from zhinan.jobs.store import start_by_clock
from zhinan.keeping import health
from zhinan.supervision.notices import workflow as notices
from zhinan.testing import add_person

import base64
import datetime
import json
import os
import pytest
import re
import time
import transaction


RENEW = "ZHINAN_WRITE_EXAMPLES"


def only(*names):
    """Cut an object to these keys."""
    return lambda body: {name: body[name] for name in names}


def elements_cut(body):
    """Two elements, one material element and one code list stand for all."""
    first = next(iter(body["lists"]))
    return {
        **body,
        "fieldsets": body["fieldsets"][:1],
        "sections": body["sections"][:1],
        "MatterGuide": [
            row for row in body["MatterGuide"] if row["name"] in {"title", "flow"}
        ],
        "Material": [row for row in body["Material"] if row["name"] == "necessity"],
        "lists": {first: body["lists"][first]},
    }


def schema_cut(body):
    """One element of rows stands for all."""
    return {
        **only("type", "title", "required")(body),
        "properties": {"flow": body["properties"]["flow"]},
    }


def export_cut(body):
    """Some elements and one material stand for all."""
    (guide,) = body["guides"]
    kept = ("title", "department", "catalog_code", "service_targets", "flow")
    guide["elements"] = {name: guide["elements"][name] for name in kept}
    guide["materials"] = guide["materials"][:1]
    for material in guide["materials"]:
        material["elements"] = {"title": material["elements"]["title"]}
        material["form_versions"] = material["form_versions"][:1]
    return body


def without_neighbours(body):
    """Siblings are left out: which there are depends on the site."""
    return {
        key: value
        for key, value in body.items()
        if key not in {"previous_item", "next_item"}
    }


def register_cut(body):
    """Two columns stand for all."""
    return {**body, "columns": body["columns"][:2]}


@pytest.fixture
def recorded(functional, site_url, manager, editor, reviewer, public, monkeypatch):
    """The exchanges, in the order in which a guide comes into being."""
    site = functional["portal"]
    recorder = examples.Recorder(site_url)
    keep = recorder.keep

    def made(client, parent, data):
        answer = client.post(parent, json=data)
        assert answer.status_code == 201, answer.text
        return answer

    # Its wording is content, which differs from site to site.
    folder = {"title": "办事指南", "description": "各部门的办事指南、表格和样表。"}
    assert manager.patch("guides", json=folder).status_code == 204
    short = only("@id", "@type", "UID", "id", "review_state", "title", "type_title")
    keep("department_post", made(manager, "departments", DEPARTMENT_DATA), short)
    for name in ("submit", "publish"):
        manager.post(f"departments/shili/@workflow/{name}", json={})

    keep("types_get", editor.get("@types/MatterGuide"), schema_cut)
    keep("elements_get", public.get("@elements"), elements_cut)
    keep("vocabulary_get", public.get("@vocabularies/zhinan.codes.time_unit"))

    wrong = {
        **GUIDE_DATA,
        "title": None,
        "matter_type": "99",
        "promised_limit": 30,
        "consult_phone": "打电话",
    }
    keep(
        "guide_post_refused", editor.post("guides", json=wrong), only("errors", "type")
    )
    keep("guide_post", made(editor, "guides", GUIDE_DATA), short)
    rows = [{"step": "受理", "limit": "一天"}, {"step": "审查", "colour": "红"}, {}]
    keep(
        "rows_refused",
        editor.patch(GUIDE, json={"flow": rows}),
        only("errors", "type"),
    )
    change = {"description": GUIDE_DATA["description"], "changeNote": "改说明"}
    keep("guide_patch", editor.patch(GUIDE, json=change))
    keep("material_post", made(editor, GUIDE, MATERIAL_DATA), short)
    made(editor, MATERIAL, OLD_VERSION)
    keep("form_version_post", made(editor, MATERIAL, VERSION), short)

    keep("workflow_get", editor.get(f"{GUIDE}/@workflow"))
    refused = editor.post(f"{GUIDE}/@workflow/publish", json={})
    keep("workflow_refused", refused)
    sent = editor.post(f"{GUIDE}/@workflow/submit", json={"comment": "请审核"})
    keep("workflow_submit", sent)
    keep("guide_not_public", public.get(GUIDE))
    keep("workflow_approve", reviewer.post(f"{GUIDE}/@workflow/approve", json={}))
    keep("workflow_publish", reviewer.post(f"{GUIDE}/@workflow/publish", json={}))
    keep("history_get", editor.get(f"{GUIDE}/@history"))

    keep("guide_get", public.get(GUIDE), without_neighbours)
    keep("materials_get", public.get(f"{GUIDE}/@materials"))
    keep("forms_get", public.get(f"{MATERIAL}/@forms"))
    keep("short_get", public.get(f"{GUIDE}/@short"))
    address = f"{MATERIAL}/v2026-1/@@blank-form"
    form = public.get(address, headers={"Accept": "*/*"})
    keep("form_get", form)
    again = {"Accept": "*/*", "If-None-Match": form.headers["ETag"]}
    keep("form_get_again", public.get(address, headers=again))

    made(editor, "policies", POLICY_DATA)
    for name in ("submit", "publish"):
        manager.post(f"policies/shili-banfa/@workflow/{name}", json={})
    query = (
        "SearchableText=设施设置&department=shili&portal_type=MatterGuide"
        "&themes=safety&metadata_fields=row&metadata_fields=catalog_code"
    )
    keep("search_get", public.get(f"@search?{query}"))
    keep("search_refused", public.get("@search?b_size=x"))
    number = {"document_number": "嘉政发〔2026〕8号"}
    keep("search_by_number", public.get("@search", params=number))

    feed = {"feed": "0123456789abcdef"}
    keep("changes_get", public.get("@changes"), lambda body: {**body, **feed})
    keep("changes_beyond", public.get("@changes?since=99"))
    hook = "https://sheng.example.gov.cn/zhinan"
    data = {"name": "sheng", "title": "省政务服务网", "hook": hook}
    made_channel = manager.post("@channels", json=data)
    secret = {"token": "zn1.sheng.<secret>"}
    keep("channel_post", made_channel, lambda body: {**body, **secret})
    with Client(site_url) as channel:
        token = made_channel.json()["token"]
        channel.headers["Authorization"] = f"Bearer {token}"
        (item,) = channel.get("@changes").json()["items"]
        taken = {name: item[name] for name in ("uid", "revision", "hash")}
        refused = {"uid": item["uid"], "refused": "实施编码在省目录中不存在"}
        body = {"sequence": item["sequence"], "items": [taken]}
        keep("changes_ack", channel.post("@changes/ack", json=body))
        change = {"visits": 1, "onsite_reason": "核对原件"}
        # The technical administrator writes past the ways of publishing.
        assert manager.patch(GUIDE, json=change).status_code == 204
        keep("changes_refuse", channel.post("@changes/ack", json={"items": [refused]}))
    keep("channel_items_get", editor.get("@channels/sheng/items?differing=1"))

    wanted = {"format": "zip", "departments": ["shili"], "states": ["published"]}
    keep("export_post", editor.post("@export", json=wanted))
    keep("export_refused", editor.post("@export", json={"format": "docx"}))
    keep("export_guide_get", public.get(f"{GUIDE}/@export"), export_cut)
    base = made(editor, "registers/legal-basis", BASIS_DATA)
    keep("legal_basis_post", base, only("@id", "@type", "UID", "review_state"))
    for name in ("submit", "publish"):
        assert manager.post(f"{BASIS}/@workflow/{name}", json={}).status_code == 200
    listed = public.get("@register?name=legal_basis&effect_status=repealed")
    keep("register_get", listed, register_cut)
    keep("cited_by_get", public.get(f"{BASIS}/@cited-by"))
    keep("tasks_get", manager.get("@tasks"))
    record_jobs(site, keep, manager)
    record_catalogue(site, keep, manager, public)
    record_health(keep, manager)
    # The year of a notice's number.
    monkeypatch.setattr(notices, "today", lambda: datetime.date(2026, 9, 1))
    record_supervision(site_url, keep, editor)
    record_editions(keep, public, editor, reviewer)
    record_calendar(keep, manager, public)
    record_requirements(site, keep, editor)
    transition_examples.record(keep, editor, reviewer)
    return recorder.texts


def run_jobs(site):
    """Do what waits, as the job thread of a served site would."""
    transaction.begin()
    run_waiting(site)
    transaction.commit()


def last_id(answer):
    """Id of the job that an answer tells of."""
    return answer.json()["@id"].rpartition("/")[2]


def record_jobs(site, keep, manager):
    """An import that is shown before anything is written."""
    line = {
        "TASK_CODE": f"{CREDIT_CODE}3620102001001",
        "CATAID": "620102001001",
        "TASK_NAME": "示例登记事项",
        "TASK_TYPE": "01",
        "DEPT_NAME": DEPARTMENT_DATA["title"],
        "matter_level": "市级",
        "handle_time_limit": "5(工作日)",
        "theme_category": ["天文"],
    }
    data = json.dumps(line, ensure_ascii=False).encode()
    body = {
        "filename": "matters.jsonl",
        "data": base64.b64encode(data).decode(),
        "format": "jsonl",
        "mapping": "guangdong",
        "mode": "preview",
    }
    started = manager.post("@import", json=body)
    keep("import_post", started)
    run_jobs(site)
    job = last_id(started)
    keep("job_get", manager.get(f"@jobs/{job}"), job_cut)
    keep("job_rows_get", manager.get(f"@jobs/{job}/rows?limit=1"))
    keep("job_cancel_refused", manager.delete(f"@jobs/{job}"))
    refused = manager.post("@import", json={**body, "format": "doc"})
    keep("import_refused", refused, only("message", "type"))


def job_cut(body):
    """The size of a report differs by some bytes from run to run."""
    return {**body, "files": [{**file, "size": 6000} for file in body["files"]]}


def release_cut(body):
    """The hash is over a text that has the moment of the release in it."""
    hashed = {"sha256": "0123456789abcdef" * 4}
    found = {**body, **hashed}
    if "releases" in body:
        found["releases"] = [{**row, **hashed} for row in body["releases"]]
    return found


def record_catalogue(site, keep, manager, public):
    """A release of the catalogue, and what it has against the guides."""
    entry = {
        "@type": "CatalogueEntry",
        "title": GUIDE_DATA["title"],
        "catalog_code": GUIDE_DATA["catalog_code"],
        "matter_type": GUIDE_DATA["matter_type"],
        "department": GUIDE_DATA["department"],
        "promised_limit": 3,
        "promised_unit": "workday",
    }
    answer = manager.post("registers/catalogue-entry", json=entry)
    assert answer.status_code == 201, answer.text
    address = answer.json()["@id"]
    for name in ("submit", "publish"):
        assert manager.post(f"{address}/@workflow/{name}", json={}).status_code == 200
    release = {"title": "群众和企业到政府办事指导目录", "date": "2026-09-01"}
    keep("catalogue_post", manager.post("@catalogue", json=release), release_cut)
    keep("catalogue_get", public.get("@catalogue"), release_cut)
    keep("catalogue_check_get", manager.get("@catalogue-check"))


def year_cut(body):
    """Two spans and days stand for all."""
    found = {**body, "edition": "0123456789ab", "off": body["off"][:2]}
    found["work"] = body["work"][:2]
    return {**found, **{n: body[n][:3] for n in ("days", "changed_days") if n in body}}


def calendar_cut(body):
    """The last years stand for all."""
    return {**body, "edition": "0123456789ab", "years": body["years"][-2:]}


def deadline_cut(body):
    """Some steps stand for all; the calendar's own name is that of its content."""
    return {**body, "calendar": "0123456789ab", "steps": body["steps"][:3]}


def record_calendar(keep, manager, public):
    """Limits counted, and a year that the keeper enters."""
    query = "accepted=2026-02-12&limit=5&pause=2026-02-25..2026-02-26&at=2026-02-27"
    keep("deadline_get", public.get(f"@deadline?{query}"), deadline_cut)
    keep("deadline_refused", public.get("@deadline?accepted=2026-02-30&limit=5"))
    keep("calendar_year_get", public.get("@calendar/2026"), year_cut)
    year = {
        "status": "official",
        "notices": [
            {
                "title": "关于2027年部分节假日安排的通知",
                "source": "https://www.gov.cn/example",
            }
        ],
        "off": [
            {"festival": "new_year", "from": "2027-01-01", "to": "2027-01-03"},
            {"festival": "spring_festival", "from": "2027-02-05", "to": "2027-02-11"},
        ],
        "work": [{"festival": "spring_festival", "date": "2027-02-14"}],
    }
    wrong = {**year, "work": [{"date": "2027-02-15"}, {"date": "2027-01-01"}]}
    keep("calendar_refused", manager.patch("@calendar/2027", json=wrong))
    keep("calendar_patch", manager.patch("@calendar/2027", json=year), year_cut)
    closed = {"from": "2027-03-18", "to": "2027-03-19", "reason": "搬迁"}
    body = {"closures": [{**closed, "source": "示例〔2027〕3号"}]}
    keep("closures_patch", manager.patch("@calendar", json=body), calendar_cut)


def health_cut(body):
    """Facts that do not tell of a machine."""
    kept = {"database", "jobs", "upgrade"}
    items = [item for item in body["items"] if item["name"] in kept]
    for item in items:
        if item["name"] == "jobs":
            item["data"] = {"seconds_since_sign_of_life": 0}
    return {**body, "items": items, "state": "fine", "state_title": "正常"}


def record_health(keep, manager):
    """How the site is, with a job thread, which tests do not have."""

    class Thread:
        beat = time.monotonic()
        disk = ""

    with mock.patch.object(health, "job_thread", lambda: Thread):
        keep("health_get", manager.get("@health"), health_cut)


SENTENCE = re.compile(r"\d{4}年\d+月\d+日 \d\d:\d\d")


def trail_cut(body):
    """Hashes and moments that differ from run to run; one line stands for all."""
    fixed = {
        "hash": "0123456789abcdef" * 4,
        "prev": "0123456789abcdef" * 4,
        "fields": {"description": "0123456789abcdef0123"},
    }
    found = {**body, "items": body["items"][:1]}
    for item in found["items"]:
        item["sentence"] = SENTENCE.sub("2026年9月1日 09:00", item["sentence"])
        # Of a timeline they are names, of the trail digests.
        named = isinstance(item.get("fields"), list)
        item.update({k: v for k, v in fixed.items() if k in item and not named})
    if "next" in found:
        found["next"] = f"{found['@id']}?before=<cursor>"
    return found


def sealed(body):
    """Hashes bind moments and UIDs, which differ from run to run."""
    if isinstance(body, list):
        return [sealed(item) for item in body]
    if not isinstance(body, dict):
        return body
    found = {name: sealed(item) for name, item in body.items()}
    for name in ("hash", "previous", "content_hash", "public_hash"):
        if found.get(name):
            found[name] = "0" * 64
    return found


def edition_cut(body):
    """One element, and of the materials the first with its form."""
    content = body["content"]
    elements = {"description": content["elements"]["description"]}
    (material, *_others) = content["materials"]
    told = {"title": material["elements"]["title"]}
    (form, *_older) = material["forms"]
    materials = [{**material, "elements": told, "forms": [form]}]
    whole = {**content, "elements": elements, "materials": materials}
    return sealed({**body, "content": whole})


def record_editions(keep, public, editor, reviewer):
    """What changed, an old edition, two compared, a corrected note, a restored draft."""
    keep("editions_get", public.get(f"{GUIDE}/@editions"), sealed)
    keep("edition_get", public.get(f"{GUIDE}/@edition/1.0"), edition_cut)
    keep("edition_unknown", public.get(f"{GUIDE}/@edition/9.0"))
    keep("compare_get", public.get(f"{GUIDE}/@compare/1.0/1.1"), sealed)
    address = f"{GUIDE}/@edition/1.0"
    correct = {"action": "correct_note", "note": "首次发布。"}
    keep("edition_correct_refused", reviewer.post(address, json=correct))
    correct["reason"] = "补标点"
    keep("edition_correct", reviewer.post(address, json=correct), sealed)
    keep("edition_restore", editor.post(address, json={"action": "restore"}))


def notice_cut(body):
    """What is its own; without the platform's."""
    kept = (
        "@id",
        "@type",
        "UID",
        "about",
        "department",
        "due",
        "number",
        "overdue",
        "question",
        "replied",
        "replied_by",
        "reply",
        "reply_files",
        "review_state",
        "steps",
        "subject",
        "title",
    )
    return {name: body[name] for name in kept}


def notices_cut(body):
    """The day of issue is that of the run."""
    items = [{**item, "issued": "2026-09-01"} for item in body["items"]]
    return {**body, "items": items}


def record_supervision(site_url, keep, editor):
    """The trail as supervision reads it, and a notice with its reply."""
    transaction.begin()
    add_person("ducha", PASSWORD, "supervision")
    add_person("fuze", PASSWORD, "head", department="shili")
    transaction.commit()
    keep("timeline_get", editor.get(f"{GUIDE}/@timeline?kind=flow"), trail_cut)
    with (
        Client(site_url, ("ducha", PASSWORD)) as ducha,
        Client(site_url, ("fuze", PASSWORD)) as head,
    ):
        query = "@trail?kind=flow&department=shili&limit=1"
        keep("trail_get", ducha.get(query), trail_cut)
        keep("trail_refused", ducha.get("@trail?from=昨天"), only("errors", "type"))
        wanted = {"format": "xlsx", "kind": "flow", "from": "2026-09-01"}
        keep("trail_export_post", ducha.post("@trail-export", json=wanted))
        keep("trail_verify_post", ducha.post("@trail-verify", json={}))
        notice = {
            "@type": "SupervisionNotice",
            "title": "关于承诺时限的督办",
            "about": f"/{GUIDE}",
            "department": "shili",
            "question": "窗口告知的时限与网上不一致，请核实并说明原因。",
            "due": "2099-12-31",
        }
        wrong = {**notice, "about": "/guides/nothing", "due": "2020-01-01"}
        refused = ducha.post("notices", json=wrong)
        keep("notice_post_refused", refused, only("errors", "type"))
        keep("notice_post", ducha.post("notices", json=notice), notice_cut)
        keep("notices_get", head.get("@notices?show=department"), notices_cut)
        file = {
            "filename": "核实情况.txt",
            "content-type": "text/plain",
            "encoding": "base64",
            "data": base64.b64encode("已核实。".encode()).decode(),
        }
        body = {"text": "窗口公示牌未更新，今天已更换。", "files": [file]}
        answer = head.post("notices/2026-1/@reply", json=body)
        keep("notice_reply_post", answer, notice_cut)
        body = {"comment": "已现场核对。"}
        keep("notice_close", ducha.post("notices/2026-1/@workflow/close", json=body))


def findings_cut(body):
    """Two findings stand for all."""
    return {**body, "items": body["items"][:2]}


def rules_cut(body):
    """One key class and one rule with a threshold stand for all."""
    kept = {"key_flow", "licence_steps"}
    items = [item for item in body["items"] if item["id"] in kept]
    return {**body, "items": items, "last_check": "2026-09-01"}


def quality_cut(body):
    """Days are those of the run."""
    items = [
        {**item, "since": "2026-09-01", "findings": item["findings"][:1]}
        for item in body["items"]
    ]
    trend = [{**row, "day": "2026-09-01"} for row in body["trend"]]
    return {**body, "items": items, "trend": trend, "last_check": "2026-09-01"}


def record_requirements(site, keep, editor):
    """What a guide lacks, the rules, and what the night has found."""
    found = editor.get(f"{GUIDE}/@requirements?occasion=publish")
    keep("requirements_get", found, findings_cut)
    refused = editor.get(f"{GUIDE}/@requirements?occasion=sometimes")
    keep("requirements_refused", refused, only("message", "type"))
    transaction.begin()
    with api.env.adopt_roles(["Manager"]):
        start_by_clock(KIND, KIND)
    run_jobs(site)
    keep("rules_get", editor.get("@requirements"), rules_cut)
    keep("quality_get", editor.get("@quality?department=shili"), quality_cut)


def test_the_examples_are_what_a_site_answers(recorded):
    """No committed example differs from a real exchange, and none is left over."""
    if os.environ.get(RENEW) == "1":
        examples.write(recorded)
    expected = {
        path.name: part
        for name, parts in recorded.items()
        for path, part in zip(examples.paths(name), parts, strict=True)
    }
    kept = {path.name: path.read_text("utf-8") for path in examples.FOLDER.iterdir()}
    differing = sorted(
        name for name in expected | kept if expected.get(name) != kept.get(name)
    )
    assert not differing, f"write the examples anew with {RENEW}=1"
    page = examples.PAGE.read_text("utf-8")
    assert examples.named_in(page) == set(recorded)
    assert examples.page_with(page, recorded) == page, f"renew the page with {RENEW}=1"


def test_a_changed_answer_is_noticed(recorded):
    """The comparison has teeth: one changed character is a difference."""
    page = examples.PAGE.read_text("utf-8")
    name = "guide_post_refused"
    request, response = recorded[name]
    changed = {**recorded, name: (request, response.replace("400", "200"))}
    assert examples.page_with(page, changed) != page


def test_nothing_of_this_machine_is_in_an_example():
    """Neither a port, a login nor a path."""
    for path in examples.FOLDER.iterdir():
        text = path.read_text("utf-8")
        for trace in ("/plone", "Basic Y", "Traceback", "site-packages", "/src/"):
            assert trace not in text, path.name
        assert "localhost:" not in text.replace("localhost:8080", ""), path.name
