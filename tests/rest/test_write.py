"""Writing through REST: what is wrong comes back as field errors, and nothing stays."""

from .sample import CREDIT_CODE
from .sample import DEPARTMENT_DATA
from .sample import GUIDE
from .sample import GUIDE_DATA
from .sample import MATERIAL
from .sample import MATERIAL_DATA
from .sample import OLD_PDF
from .sample import POLICY_DATA
from .sample import upload
from .sample import VERSION
from copy import deepcopy
from hypothesis import given
from hypothesis import HealthCheck
from hypothesis import settings
from hypothesis import strategies as st

import re


CHINESE = re.compile("[\u4e00-\u9fff]")


def errors_of(answer):
    """The errors by field; each one is a whole Chinese sentence."""
    assert answer.status_code == 400, answer.text
    found = {}
    for error in answer.json()["errors"]:
        assert CHINESE.search(error["message"]), error
        assert "${" not in error["message"], error
        found.setdefault(error["field"], []).append(error)
    return found


GUIDE_CASES = [
    ("no title", {"title": None}, "title", "事项名称"),
    ("blank title", {"title": "  "}, "title", "事项名称"),
    ("title no text", {"title": 7}, "title", "事项名称"),
    ("title of two lines", {"title": "甲\n乙"}, "title", "一行"),
    ("title too long", {"title": "长" * 201}, "title", "200"),
    ("control character", {"title": "甲\x00乙"}, "title", "控制字符"),
    ("half a pair", {"scope": "甲\ud800乙"}, "scope", "控制字符"),
    ("control in a list", {"conditions": ["甲\x07"]}, "conditions", "控制字符"),
    ("no department", {"department": None}, "department", "实施主体"),
    ("unknown department", {"department": "nobody"}, "department", "nobody"),
    ("unknown type", {"matter_type": "99"}, "matter_type", "zhinan.codes.matter_type"),
    ("type is a list", {"matter_type": ["10"]}, "matter_type", "事项类型"),
    ("unknown theme", {"themes": ["safety", "nope"]}, "themes", "nope"),
    ("short code", {"catalog_code": "12"}, "catalog_code", "12"),
    (
        "code of another type",
        {"matter_type": "01"},
        "catalog_code",
        "10",
    ),
    (
        "code of another body",
        {"implementation_code": "116202000000000434" + "3" + "621001900001"},
        "implementation_code",
        "116202000000000434",
    ),
    (
        "code of another level",
        {"implementation_code": f"{CREDIT_CODE}4621001900001"},
        "implementation_code",
        "19",
    ),
    (
        "code of another matter",
        {"implementation_code": f"{CREDIT_CODE}3621001900002"},
        "implementation_code",
        "621001900002",
    ),
    ("promise too long", {"promised_limit": 21}, "promised_limit", "21"),
    ("limit without unit", {"promised_unit": None}, "promised_unit", "单位"),
    ("negative limit", {"statutory_limit": -1}, "statutory_limit", "0"),
    ("limit is no number", {"statutory_limit": "二十"}, "statutory_limit", "整数"),
    ("limit is true", {"statutory_limit": True}, "statutory_limit", "整数"),
    ("limit is a half", {"statutory_limit": 1.5}, "statutory_limit", "整数"),
    ("too many visits", {"visits": 10}, "visits", "9"),
    ("visit without reason", {"visits": 1}, "onsite_reason", "现场"),
    ("yes is no truth", {"online": "yes"}, "online", "true"),
    ("fee without rows", {"charged": True}, "fees", "收费"),
    ("bad phone", {"consult_phone": "call me"}, "consult_phone", "0937"),
    ("same phones", {"complaint_phone": "0937-0000101"}, "complaint_phone", "投诉"),
    ("bad address", {"online_url": "javascript:alert(1)"}, "online_url", "http"),
    ("no date", {"planned_effective": "2026-02-30"}, "planned_effective", "日期"),
    ("date is a number", {"planned_effective": 20260901}, "planned_effective", "日期"),
    ("end before start", {"planned_end": "2026-08-01"}, "planned_end", "早"),
    ("own co-department", {"co_departments": ["shili"]}, "co_departments", "实施"),
    ("rows are text", {"flow": "受理"}, "flow", "第1行"),
    ("rows are numbers", {"flow": [1, 2]}, "flow", "第2行"),
    ("a line is a number", {"conditions": ["甲", 5]}, "conditions", "申请条件"),
    ("file is text", {"result_sample": "x"}, "result_sample", "base64"),
    (
        "file is no base64",
        {"result_sample": {"data": "%%", "encoding": "base64", "filename": "a.pdf"}},
        "result_sample",
        "base64",
    ),
    (
        "file has an unknown encoding",
        {"result_sample": {"data": "x", "encoding": "rot13", "filename": "a.pdf"}},
        "result_sample",
        "base64",
    ),
]


def complaint(answer, field, part):
    """What is wrong with a refusal, or nothing."""
    if answer.status_code != 400:
        return f"{answer.status_code} {answer.text[:300]}"
    messages = [error["message"] for error in errors_of(answer).get(field, [])]
    return "" if any(part in message for message in messages) else str(messages)


def test_a_wrong_guide_is_refused(manager, department):
    """On creation, with the field and a sentence; nothing of it is stored."""
    wrong = {}
    for name, change, field, part in GUIDE_CASES:
        answer = manager.post("guides", json={**GUIDE_DATA, **change})
        wrong[name] = complaint(answer, field, part)
        assert manager.get(GUIDE).status_code == 404, name
    assert not {name: text for name, text in wrong.items() if text}


def test_a_wrong_change_is_refused(manager, guide):
    """On editing the same; what was stored stays, its history too."""
    before = manager.get(guide).json()
    history = manager.get(f"{guide}/@history").json()
    wrong = {}
    for name, change, field, part in GUIDE_CASES:
        change = {"description": "改过的说明。", **change}
        wrong[name] = complaint(manager.patch(guide, json=change), field, part)
    assert not {name: text for name, text in wrong.items() if text}
    assert manager.get(guide).json() == before
    assert manager.get(f"{guide}/@history").json() == history


ROW_CASES = [
    ("unknown column", {"step": "受理", "colour": "red"}, "colour", "colour"),
    ("required column", {"limit": 1}, "step", "环节"),
    ("blank required column", {"step": " "}, "step", "环节"),
    ("unknown unit", {"step": "受理", "unit": "week"}, "unit", "week"),
    ("no number", {"step": "受理", "limit": "三"}, "limit", "整数"),
    ("negative", {"step": "受理", "limit": -3}, "limit", "0"),
    ("list in a cell", {"step": ["受理"]}, "step", "环节"),
    ("object in a cell", {"step": "受理", "limit": {"a": 1}}, "limit", "整数"),
]


def test_a_wrong_row_is_named(manager, guide):
    """A wrong cell is reported with its row (from 1) and its column."""
    for name, row, column, part in ROW_CASES:
        answer = manager.patch(guide, json={"flow": [{"step": "收件"}, row]})
        (error,) = errors_of(answer)["flow"]
        assert (error["row"], error["column"]) == (2, column), name
        assert error["message"].startswith("第2行") and part in error["message"], error


def test_all_wrong_cells_are_reported_at_once(manager, guide):
    """Whoever sends a spreadsheet learns everything in one answer."""
    rows = [{"step": "a", "limit": "x"}, {"unit": "week"}, {"step": "b"}, {"z": 1}]
    found = errors_of(manager.patch(guide, json={"flow": rows, "visits": 12}))
    places = {(error["row"], error["column"]) for error in found["flow"]}
    assert places == {(1, "limit"), (2, "step"), (2, "unit"), (4, "z"), (4, "step")}
    assert "visits" in found


def test_columns_that_are_left_out_are_null(manager, guide):
    """A row needs its required columns only."""
    assert manager.patch(guide, json={"flow": [{"step": "受理"}]}).status_code == 204
    (row,) = manager.get(guide).json()["flow"]
    assert row == {
        "step": "受理",
        "department": None,
        "limit": None,
        "unit": None,
        "standard": None,
        "result": None,
    }


def test_what_get_gives_can_be_sent_back(manager, published):
    """Tokens with titles, rows, dates and files: a round trip changes nothing."""
    for address in (published, MATERIAL, f"{MATERIAL}/v2026-1", "departments/shili"):
        before = manager.get(address).json()
        answer = manager.patch(address, json=before)
        assert answer.status_code == 204, answer.text
        after = manager.get(address).json()
        for volatile in ("modified", "lock"):
            before.pop(volatile), after.pop(volatile)
        assert after == before


def test_markup_in_text_is_text(manager, public, published):
    """HTML in a plain field is kept as typed, and shown as typed."""
    text = "<script>alert(1)</script><b>粗</b>"
    assert manager.patch(published, json={"description": text}).status_code == 204
    assert public.get(published).json()["description"] == text
    page = public.get(published, headers={"Accept": "text/html"}).text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_markup_in_formatted_text_is_cleaned(manager, public, published):
    """A policy document's text is HTML; scripts do not reach readers."""
    text = "<p onclick='x()'>第一条</p><script>alert(1)</script>"
    address = "policies/shili-banfa"
    assert manager.patch(address, json={"text": text}).status_code == 204
    page = public.get(address, headers={"Accept": "text/html"}).text
    assert "第一条" in page
    assert "alert(1)" not in page and "onclick=" not in page


def test_a_department_is_checked(manager, department):
    """Credit code, code and telephones."""
    other = {**DEPARTMENT_DATA, "code": "other"}
    wrong = CREDIT_CODE[:-1] + ("1" if CREDIT_CODE[-1] != "1" else "2")
    found = errors_of(manager.post("departments", json={**other, "credit_code": wrong}))
    assert "credit_code" in found
    found = errors_of(manager.post("departments", json={**other, "code": "Ä 1"}))
    assert "code" in found
    found = errors_of(manager.post("departments", json=DEPARTMENT_DATA))
    assert "shili" in found["code"][0]["message"]
    phones = [
        {"label": "咨询", "number": "0937-0000101"},
        {"label": "x", "number": "y"},
    ]
    found = errors_of(manager.post("departments", json={**other, "phones": phones}))
    assert (found["phones"][0]["row"], found["phones"][0]["column"]) == (2, "number")
    assert manager.get("departments/other").status_code == 404
    assert manager.patch(department, json={"address": "新址"}).status_code == 204


def test_a_material_is_checked(manager, guide):
    """Vague names and days without deferral."""
    for change, field in (
        ({"title": "其他材料"}, "title"),
        ({"necessity": "3"}, "deferrable_days"),
        ({"deferrable_days": 3}, "deferrable_days"),
        ({"necessity": None}, "necessity"),
        ({"necessity": "9"}, "necessity"),
        ({"original_count": 0}, "original_count"),
    ):
        found = errors_of(manager.post(guide, json={**MATERIAL_DATA, **change}))
        assert field in found
    assert manager.get(guide).json()["items"] == []


def test_a_form_version_is_checked(manager, guide):
    """A sample that is the blank form, files that are none, dates in order."""
    assert manager.post(guide, json=MATERIAL_DATA).status_code == 201
    same = {**VERSION, "filled_sample": VERSION["blank_form"]}
    found = errors_of(manager.post(MATERIAL, json=same))
    assert "空白" in found["filled_sample"][0]["message"]
    for change, field in (
        ({"blank_form": None}, "blank_form"),
        ({"blank_form": "表"}, "blank_form"),
        ({"blank_form": upload(b"MZ\x90\x00", "a.docx")}, "blank_form"),
        ({"blank_form": {"data": 1, "encoding": "base64"}}, "blank_form"),
        ({"in_force_until": "2020-01-01"}, "in_force_until"),
        ({"in_force_from": None}, "in_force_from"),
    ):
        found = errors_of(manager.post(MATERIAL, json={**VERSION, **change}))
        assert field in found
    assert manager.get(MATERIAL).json()["items"] == []


def test_a_new_sample_is_compared_with_the_stored_blank(manager, published):
    """The check looks at what is stored, not only at what is sent."""
    change = {"filled_sample": VERSION["blank_form"]}
    found = errors_of(manager.patch(f"{MATERIAL}/v2026-1", json=change))
    assert "filled_sample" in found
    assert (
        manager.patch(
            f"{MATERIAL}/v2026-1", json={"filled_sample": upload(OLD_PDF, "样表.pdf")}
        ).status_code
        == 204
    )


def test_a_policy_document_is_checked(manager):
    """A number that is none is refused; another spelling is kept in the normal form."""
    found = errors_of(
        manager.post("policies", json={**POLICY_DATA, "document_number": "第八号"})
    )
    assert "第八号" in found["document_number"][0]["message"]
    answer = manager.post("policies", json=POLICY_DATA)
    assert answer.json()["document_number"] == "嘉政发〔2026〕8号"
    assert answer.json()["effect_status"]["title"] == "现行有效"


def test_the_public_may_not_write(public, published):
    """Reading is for everyone, writing is not."""
    assert public.patch(published, json={"title": "改"}).status_code == 401
    assert public.post("guides", json=GUIDE_DATA).status_code == 401
    assert public.delete(published).status_code == 401
    answer = public.post(f"{published}/@workflow/withdraw")
    assert answer.status_code == 400
    assert public.get(published).json()["review_state"] == "published"


def test_only_what_belongs_there_is_added(manager, guide):
    """A department is not added among guides."""
    answer = manager.post("guides", json=DEPARTMENT_DATA)
    assert answer.status_code == 403
    assert answer.json()["error"]["type"] == "Forbidden"


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["workday", "10", "shili", "2026-09-01"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["step", "limit", "unit", "token", "data", "encoding", "x"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    [
        "title",
        "department",
        "co_departments",
        "matter_type",
        "themes",
        "conditions",
        "legal_basis",
        "flow",
        "statutory_limit",
        "online",
        "online_url",
        "result_sample",
        "planned_effective",
        "visits",
        "fees",
        "description",
        "changeNote",
        "versioning_enabled",
        "layout",
    ]
)


def test_no_value_makes_the_server_fail(manager, guide):
    """Whatever JSON stands in a field: stored or refused, never a server error."""

    @settings(
        max_examples=80,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.dictionaries(FIELDS, ANYTHING, min_size=1, max_size=3))
    def check(change):
        answer = manager.patch(guide, json=deepcopy(change))
        assert answer.status_code in {204, 400}, answer.text
        if answer.status_code == 400:
            assert answer.json()["errors"]
        assert manager.get(guide).status_code == 200

    check()


def test_a_body_that_is_no_object_is_refused(manager, guide):
    """The client's mistake, never the server's."""
    headers = {"Content-Type": "application/json"}
    for body in ("[]", "7", "nonsense", '"text"'):
        for method, address in (
            ("POST", "guides"),
            ("PATCH", guide),
            ("POST", f"{guide}/@workflow/submit"),
        ):
            answer = manager.request(method, address, data=body, headers=headers)
            assert answer.status_code == 400, (method, address, body, answer.text)
    assert manager.get(guide).json()["review_state"] == "draft"


def test_materials_are_put_in_order(manager, guide):
    """The order is the client's; a wrong move is a field error."""
    for name in ("m01", "m02", "m03"):
        answer = manager.post(guide, json={**MATERIAL_DATA, "id": name})
        assert answer.status_code == 201
    move = {"ordering": {"obj_id": "m03", "delta": "top"}, "layout": "view"}
    assert manager.patch(guide, json=move).status_code == 204
    items = manager.get(f"{guide}/@materials").json()["items"]
    assert [item["@id"][-3:] for item in items] == ["m03", "m01", "m02"]
    for wrong in ({"ordering": 3}, {"layout": "edit"}):
        assert errors_of(manager.patch(guide, json=wrong)).keys() == wrong.keys()
