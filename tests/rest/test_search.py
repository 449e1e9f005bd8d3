"""``@search``: full text, department, type and theme, for everyone, with any text."""

from .test_read import got
from hypothesis import given
from hypothesis import HealthCheck
from hypothesis import settings
from hypothesis import strategies as st


def ids(found):
    """The last part of each address."""
    return {item["@id"].rsplit("/", 1)[1] for item in found["items"]}


def test_search_by_everything(public, published):
    """Text, department, type and theme narrow each other; metadata on request."""
    query = "@search?department=shili"
    assert ids(got(public, f"{query}&portal_type=MatterGuide")) == {"621001900001"}
    assert ids(got(public, f"{query}&portal_type=Department")) == {"shili"}
    assert ids(got(public, f"{query}&themes=safety")) == {"621001900001"}
    assert ids(got(public, f"{query}&themes=safety&themes=land")) == {"621001900001"}
    assert ids(got(public, f"{query}&themes=land")) == set()
    assert ids(got(public, f"{query}&service_targets=6")) == {"621001900001"}
    assert ids(got(public, f"{query}&SearchableText=设施设置")) == {"621001900001"}
    assert ids(got(public, f"{query}&SearchableText=无此词语")) == set()
    assert ids(got(public, "@search?catalog_code=621001900001")) == {"621001900001"}
    found = got(
        public,
        f"{query}&portal_type=MatterGuide&metadata_fields=row"
        "&metadata_fields=department&metadata_fields=catalog_code",
    )
    (item,) = found["items"]
    assert item["title"] == "示例设施设置许可"
    assert item["department"] == "shili"
    assert item["catalog_code"] == "621001900001"
    assert item["row"]["promised_limit"] == 5


def test_search_inside_files(public, published):
    """The words of a form's file find the form."""
    found = got(public, "@search?SearchableText=Zhang San&portal_type=FormVersion")
    assert ids(found) == {"v2026-1"}


def test_search_by_document_number(public, published):
    """A policy document is found by its normal number."""
    found = got(public, "@search", params={"document_number": "嘉政发〔2026〕8号"})
    assert ids(found) == {"shili-banfa"}


def test_drafts_are_found_by_those_who_may_see_them(public, manager, guide):
    """The catalogue filters by permission."""
    query = "@search?SearchableText=示例设施&department=shili&portal_type=MatterGuide"
    assert ids(got(public, query)) == set()
    assert ids(got(manager, query)) == {"621001900001"}


def test_batches(public, published):
    """Long answers come in parts with addresses of the next one."""
    found = got(public, "@search?department=shili&b_size=1")
    assert len(found["items"]) == 1 and found["items_total"] == 2
    following = got(public, found["batching"]["next"])
    assert ids(following) and ids(following).isdisjoint(ids(found))


def test_a_text_without_words_finds_nothing(public, published):
    """An object with no items, never everything, a list or an error."""
    for text in ("", " ", "*", "()", "（）", "！？，。", '"', "-", "\x00", "…—"):
        found = got(
            public, "@search", params={"SearchableText": text, "department": "shili"}
        )
        assert found["items"] == [] and found["items_total"] == 0, text
        assert found["@id"]


def test_a_text_in_any_shape(public, published):
    """Given twice or in parts, it is still a text."""
    for query in (
        "SearchableText=设施&SearchableText=设置",
        "SearchableText.query=设施设置",
        "SearchableText:list=设施设置",
        "SearchableText=（设施设置）",
        "SearchableText=设施设置 AND NOT",
    ):
        found = got(public, f"@search?{query}&department=shili")
        assert ("621001900001" in ids(found)) == ("AND" not in query), query


def test_a_query_without_sense_is_refused(public, published):
    """400 with a message, or an answer; never a failure of the server."""
    for query, status in (
        ("sort_on=nothing", 200),
        ("b_size=x", 400),
        ("b_start=x", 400),
        ("sort_limit=x", 400),
        ("effective.range=min", 400),
        ("effective=yesterday-ish", 400),
        ("path.depth=x", 400),
        ("is_folderish=perhaps", 400),
        ("SearchableText.range=min", 200),
        ("portal_type.nothing=1", 400),
        ("themes.operator=xor&themes.query=safety", 400),
        ("UID=x", 200),
        ("nothing=1", 200),
    ):
        answer = public.get(f"@search?{query}")
        assert answer.status_code == status, (query, answer.text)
        assert answer.json(), query


def test_any_text_is_a_query(public, published):
    """Whatever people and programs type."""
    strange = st.text(
        alphabet='()"*?-+~^:[]{}\\/&|！（）「」“” ANDORNOT设施a1', max_size=20
    )

    @settings(
        max_examples=100,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.text(max_size=30) | strange)
    def check(text):
        answer = public.get(
            "@search",
            params={"SearchableText": text.encode("utf-8", "replace"), "b_size": 1},
        )
        assert answer.status_code == 200, (text, answer.text)
        assert "items" in answer.json()

    check()
