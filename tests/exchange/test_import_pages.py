"""Pages and REST of the import, over HTTP: preview first, then the same file."""

from .importing import EXTRACT
from .importing import extract
from .importing import lines
from plone import api
from plone.app.testing import login
from plone.app.testing import setRoles
from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import SITE_OWNER_PASSWORD
from plone.app.testing import TEST_USER_ID
from plone.app.testing import TEST_USER_NAME
from urllib.parse import parse_qs
from urllib.parse import urlsplit
from zhinan.jobs.runner import run_waiting
from zhinan.testing import add_person

import base64
import io
import openpyxl
import pytest
import re
import requests
import transaction


PASSWORD = "bian-ji-2026-ceshi"
HTML = {"Accept": "text/html"}
JSON = {"Accept": "application/json"}
MAPPING = """
[source]
name = "other"
key = "code"
ignored = ["_id"]

[[field]]
source = "code"
read = "parts"
parts = [{ length = 31, cut = { owner_credit_code = [0, 18], implementation_code = [0, 31] } }]

[[field]]
source = "name"
element = "title"

[[field]]
source = "office"
element = "owner_name"

[[field]]
source = "kind"
element = "matter_type"
codes = { "1" = "01", "20" = "20" }
"""


class Person(requests.Session):
    """Somebody at the site, over HTTP."""

    def __init__(self, url, auth=None):
        super().__init__()
        self.trust_env = False
        self.auth = auth
        self.url = url

    def page(self, name, **params):
        """A page."""
        return self.get(f"{self.url}/{name}", params=params, headers=HTML, timeout=60)

    def submit(self, name, data=None, files=None):
        """A form of a page, with its token; redirects are not followed."""
        token = re.search(
            r'name="_authenticator"[^>]*value="(\w+)"', self.get_token_page(name)
        )[1]
        return self.post(
            f"{self.url}/{name}",
            data={**(data or {}), "_authenticator": token},
            files=files,
            headers=HTML,
            allow_redirects=False,
            timeout=60,
        )

    def get_token_page(self, name):
        """The page on which the form stands."""
        return self.get(f"{self.url}/{name}", headers=HTML, timeout=60).text

    def start(self, **options):
        """A REST import."""
        return self.post(f"{self.url}/@import", json=options, headers=JSON, timeout=60)


@pytest.fixture
def portal(functional):
    """The empty site."""
    portal = functional["portal"]
    setRoles(portal, TEST_USER_ID, ["Manager"])
    login(portal, TEST_USER_NAME)
    add_person("bianji", PASSWORD, "editor", department="shili")
    add_person("zhanzhang", PASSWORD, "site_administrator")
    transaction.commit()
    return portal


@pytest.fixture
def keeper(portal):
    """The site's administrator, who may import."""
    return Person(portal.absolute_url(), ("zhanzhang", PASSWORD))


@pytest.fixture
def editor(portal):
    """Who writes guides, and may not import."""
    return Person(portal.absolute_url(), ("bianji", PASSWORD))


def job_in(url):
    """Id of the job that an address names."""
    found = parse_qs(urlsplit(url).query)
    return (found.get("id") or found.get("job"))[0]


def encoded(data):
    """Bytes as JSON carries them."""
    return base64.b64encode(data).decode("ascii")


def guides():
    """Number of guides."""
    transaction.begin()
    return len(api.portal.get_tool("portal_catalog")(portal_type="MatterGuide"))


def test_preview_then_import(portal, keeper):
    """Choose a file, look, press the button; the outcome has a page, too."""
    answer = keeper.submit(
        "@@import",
        {"format": "jsonl", "mapping": "guangdong", "create_departments": "1"},
        {"file": ("事项.jsonl", lines(extract()[:4]))},
    )
    assert answer.status_code == 303
    job = job_in(answer.headers["Location"])
    run_waiting(portal)
    assert guides() == 0
    page = keeper.page("@@import-preview", job=job).text
    assert "事项.jsonl" in page
    assert "目前只是预览" in page
    assert extract()[0]["TASK_NAME"] in page
    answer = keeper.submit(f"@@import-preview?job={job}")
    assert answer.status_code == 303
    second = job_in(answer.headers["Location"])
    assert second != job
    # Pressed twice, it is the same import.
    again = keeper.submit(f"@@import-preview?job={job}")
    assert job_in(again.headers["Location"]) == second
    run_waiting(portal)
    assert guides() == 4
    page = keeper.page("@@import-preview", job=second).text
    assert "导入结果" in page
    assert "确认导入" not in page
    assert "@@import-preview?job=" in keeper.page("@@job", id=second).text


def test_rows_by_verdict_and_page(portal, keeper):
    """A long list is narrowed and has pages."""
    answer = keeper.start(
        data=encoded(EXTRACT.read_bytes()),
        mode="preview",
        create_departments=True,
        mapping="guangdong",
    )
    job = answer.json()["id"]
    run_waiting(portal)
    page = keeper.page("@@import-preview", job=job, verdict="new", start="80").text
    assert "81" in page and "92" in page
    page = keeper.page("@@import-preview", job=job, verdict="refused").text
    assert "这里没有内容" in page
    for odd in ({"verdict": "nonsense"}, {"start": "-1"}, {"start": "x" * 400}):
        assert keeper.page("@@import-preview", job=job, **odd).status_code == 200


@pytest.mark.parametrize("name", ["", "x", "20260101-000000-abcdef"])
def test_no_such_import(keeper, name):
    """A job that is not there."""
    assert keeper.page("@@import-preview", job=name).status_code == 404


def test_who_may_not(portal, editor, keeper):
    """An editor is refused by pages and REST, and sees no import of others."""
    job = keeper.start(data=encoded(b"{}"), mapping="guangdong").json()["id"]
    for name in ("@@import", f"@@import-preview?job={job}"):
        answer = editor.get(
            f"{editor.url}/{name}", headers=HTML, allow_redirects=False, timeout=60
        )
        assert answer.status_code in {302, 401, 403}
    assert editor.start(data=encoded(b"{}")).status_code in {401, 403}
    public = Person(portal.absolute_url())
    assert public.start(data=encoded(b"{}")).status_code in {401, 403}


def test_without_token(keeper):
    """A form of another site starts nothing."""
    answer = keeper.post(
        f"{keeper.url}/@@import",
        data={"format": "jsonl"},
        files={"file": ("a.jsonl", b"{}")},
        headers=HTML,
        timeout=60,
    )
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("data", "files", "said"),
    [
        ({}, None, "请选择一个不为空的文件"),
        ({}, {"file": ("leer.jsonl", b"")}, "请选择一个不为空的文件"),
        ({"format": "doc"}, {"file": ("a", b"x")}, "这种格式不能导入"),
        ({"state": "secret"}, {"file": ("a", b"x")}, "状态只能是"),
        ({"mapping": "hunan"}, {"file": ("a", b"x")}, "对照表不能使用"),
        (
            {},
            {"file": ("a", b"x"), "mapping_file": ("m.toml", b"[source]")},
            "对照表不能使用",
        ),
    ],
)
def test_the_form_says_what_is_wrong(keeper, data, files, said):
    """One sentence on the form; no job."""
    answer = keeper.submit(
        "@@import", {"mapping": "guangdong", **data}, files or {"x": ("", b"")}
    )
    assert answer.status_code == 400
    assert said in answer.text
    jobs = keeper.get(f"{keeper.url}/@jobs", headers=JSON, timeout=60).json()
    assert jobs["items_total"] == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"data": "~~~"}, "base64"),
        ({"data": 7}, "base64"),
        ({}, "不为空"),
        ({"data": encoded(b"x"), "mode": "now"}, "preview"),
        ({"data": encoded(b"x"), "format": ["jsonl"]}, "格式"),
        ({"data": encoded(b"x"), "state": ["draft"]}, "状态"),
        ({"data": encoded(b"x"), "mapping_data": encoded(b"\xff")}, "对照表"),
    ],
)
def test_rest_says_what_is_wrong(keeper, options, said):
    """400 with one sentence."""
    answer = keeper.start(mapping="guangdong", **options)
    assert answer.status_code == 400, answer.text
    assert said in answer.json()["message"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("一,二".encode("gbk"), "GBK"),
        (b"[{}]", "JSON数组"),
        (b"PK\x03\x04", "表格文件或压缩包"),
        (b"a;b", "不是JSON对象"),
    ],
)
def test_a_broken_file_changes_nothing(portal, keeper, data, said):
    """The job fails with one sentence."""
    answer = keeper.start(data=encoded(data), mapping="guangdong", mode="apply")
    assert answer.status_code == 202
    run_waiting(portal)
    job = keeper.get(answer.json()["@id"], headers=JSON, timeout=60).json()
    assert job["state"] == "failed"
    assert said in job["reason"]
    assert guides() == 0


def test_rest_with_a_table_of_ones_own(portal, keeper):
    """Another province's records, with the table that comes with them."""
    code = extract()[0]["TASK_CODE"]
    rows = [
        {"code": code, "name": "甲事项", "office": "某省某厅", "kind": "20", "_id": 1},
        {"code": f"{code[:-1]}9", "name": "乙事项", "office": "某省某厅", "kind": "3"},
    ]
    answer = keeper.start(
        data=encoded(lines(rows)),
        mapping_data=encoded(MAPPING.encode()),
        mode="apply",
        create_departments=True,
        filename="../../other.jsonl",
    )
    assert answer.status_code == 202
    assert answer.headers["Location"] == answer.json()["@id"]
    run_waiting(portal)
    job = keeper.get(answer.json()["@id"], headers=JSON, timeout=60).json()
    assert (job["state"], job["counts"]) == ("done", {"new": 3})
    assert job["params"]["filename"] == "other.jsonl"
    found = keeper.get(answer.json()["rows"], headers=JSON, timeout=60).json()["items"]
    assert [row["title"] for row in found] == ["某省某厅", "甲事项", "乙事项"]
    assert found[2]["findings"][0]["field"] == "matter_type"
    (file,) = job["files"]
    report = keeper.get(file["@id"], headers=JSON, timeout=60).content
    assert "导入报告" in openpyxl.load_workbook(io.BytesIO(report)).sheetnames


def test_rest_multipart(portal, keeper):
    """The same as a form."""
    answer = keeper.post(
        f"{keeper.url}/@import",
        data={"mapping": "guangdong", "mode": "apply", "create_departments": "true"},
        files={"file": ("a.jsonl", lines(extract()[:1]))},
        headers=JSON,
        timeout=60,
    )
    assert answer.status_code == 202, answer.text
    run_waiting(portal)
    assert guides() == 1


def test_the_owner_of_the_site(portal):
    """A person of the whole Zope may import, too."""
    owner = Person(portal.absolute_url(), (SITE_OWNER_NAME, SITE_OWNER_PASSWORD))
    answer = owner.start(
        data=encoded(lines(extract()[:1])),
        mapping="guangdong",
        mode="apply",
        create_departments=True,
    )
    assert answer.status_code == 202
    run_waiting(portal)
    assert guides() == 1
