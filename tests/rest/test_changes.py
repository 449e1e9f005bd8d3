"""The outbox over HTTP: who reads what, who acknowledges, and that nothing is missed."""

from .client import Client
from .sample import BASIC_CODE
from .sample import DEPARTMENT_DATA
from .sample import GUIDE_DATA
from .sample import MATERIAL
from concurrent.futures import ThreadPoolExecutor
from zhinan.rules.canonical import canonical
from zhinan.rules.canonical import checksum

import pytest


def read(client, address="@changes"):
    """Everything from an address on, as a consumer reads it."""
    found = []
    while True:
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        found += body["items"]
        if not body["more"]:
            return found
        address = body["next"]


def kinds(client):
    """Kind and revision of all changes."""
    return [(item["kind"], item["revision"]) for item in read(client)]


@pytest.fixture
def channel(manager, site_url):
    """A client that has the token of a channel."""
    data = {"name": "sheng", "title": "省政务服务网"}
    answer = manager.post("@channels", json=data)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    with Client(site_url) as client:
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        yield client


def test_a_change_says_what_it_is(public, published, site_url):
    """Identity, kind, revision, checksum; content when it is asked for."""
    (item,) = read(public)
    assert item["kind"] == "published" and item["sequence"] == 1
    assert item["address"] == f"{site_url}/{published}"
    assert item["catalog_code"] == BASIC_CODE
    assert item["implementation_code"] == GUIDE_DATA["implementation_code"]
    assert item["department"] == {"code": "shili", "title": DEPARTMENT_DATA["title"]}
    assert item["title"] == GUIDE_DATA["title"]
    assert item["uid"] == public.get(published).json()["UID"]
    assert "content" not in item
    (full,) = read(public, "@changes?content=1")
    assert checksum(canonical(full["content"])) == item["hash"]
    assert full["content"]["elements"]["visits"] == 0


def test_incrementally_and_in_order(public, manager, published):
    """One at a time, each once."""
    for number in range(4):
        manager.patch(published, json={"description": f"第{number}句。"})
    found = read(public, "@changes?limit=2")
    assert [item["sequence"] for item in found] == [1, 2, 3, 4, 5]
    assert [item["revision"] for item in found] == [1, 2, 3, 4, 5]
    assert [item["superseded"] for item in found] == [True] * 4 + [False]
    assert read(public, "@changes?since=3")[0]["sequence"] == 4
    end = public.get("@changes?since=5").json()
    assert (end["items"], end["more"], end["last"]) == ([], False, 5)
    first = public.get("@changes?since=0&limit=1&content=1").json()
    assert "content" not in first["items"][0], "what was corrected is not given out"


@pytest.mark.parametrize(
    "query",
    [
        "since=-1",
        "since=x",
        "since=1.5",
        "since=%EF%BC%91",
        "since=1&since=2",
        "since=",
    ],
)
def test_a_wrong_number_is_a_clear_error(public, query):
    """A sentence that says what a number is."""
    answer = public.get(f"@changes?{query}")
    assert answer.status_code == 400
    assert "since" in answer.json()["error"]["message"]


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x"])
def test_a_wrong_limit_is_a_clear_error(public, query):
    """Neither nothing nor everything."""
    answer = public.get(f"@changes?{query}")
    assert answer.status_code == 400
    assert "limit" in answer.json()["error"]["message"]


def test_beyond_the_end_is_told_apart(public, published):
    """Somebody else's number, or one from before a backup."""
    answer = public.get("@changes?since=2")
    assert answer.status_code == 409
    assert answer.json()["error"]["type"] == "SinceBeyondEnd"
    assert answer.json()["error"]["latest"] == 1
    assert public.get(f"@changes?since={10**30}").status_code == 400


def test_not_modified(public, manager, published):
    """The entity tag is that of the answer."""
    first = public.get("@changes")
    again = {"If-None-Match": first.headers["ETag"]}
    assert public.get("@changes", headers=again).status_code == 304
    assert public.get("@changes?content=1", headers=again).status_code == 200
    manager.patch(published, json={"description": "另一句。"})
    assert public.get("@changes", headers=again).status_code == 200


def test_withdrawn_and_deleted_carry_identity_alone(
    public, editor, reviewer, manager, published
):
    """Also on the lines of the time when it was public."""
    manager.patch(published, json={"description": "不该再看到的一句。"})
    assert "title" in read(public)[0]
    answer = reviewer.post(f"{published}/@workflow/withdraw", json={"comment": "停办"})
    assert answer.status_code == 200
    answer = public.get("@changes?content=1")
    assert kinds(public)[-1] == ("withdrawn", 2)
    assert GUIDE_DATA["title"] not in answer.text and "不该" not in answer.text
    for item in answer.json()["items"]:
        assert "title" not in item and "department" not in item
        assert item["catalog_code"] == BASIC_CODE
    assert manager.delete(published).status_code == 204
    assert kinds(public)[-1] == ("deleted", 2)
    assert GUIDE_DATA["title"] not in public.get("@changes?content=1").text


def test_a_draft_is_no_change(public, guide, editor):
    """Neither made, nor changed, nor deleted."""
    editor.patch(guide, json={"description": "草稿。"})
    assert read(public) == []
    assert editor.delete(guide).status_code == 204
    assert read(public) == []


def test_an_older_version_taken_back_is_a_change(public, editor, published, manager):
    """CMFEditions tells nobody, and a savepoint lies between; it is noticed."""
    before = read(public)[0]["hash"]
    manager.patch(published, json={"description": "第二句。", "changeNote": "改"})
    versions = editor.get(f"{published}/@history").json()
    first = min(row["version"] for row in versions if row["type"] == "versioning")
    answer = manager.patch(f"{published}/@history", json={"version": first})
    assert answer.status_code == 200, answer.text
    found = read(public)
    assert [item["revision"] for item in found] == [1, 2, 3]
    assert found[-1]["kind"] == "changed"
    assert public.get(published).json()["description"] == GUIDE_DATA["description"]
    assert found[-1]["hash"] == before


def test_reading_and_saving_unchanged_adds_nothing(public, manager, published):
    """The same values again, and a read of everything."""
    for _turn in range(2):
        manager.patch(published, json={"description": GUIDE_DATA["description"]})
        manager.patch(published, json={"visits": GUIDE_DATA["visits"]})
        public.get(f"{published}?fullobjects=1")
    assert kinds(public) == [("published", 1)]


def test_a_change_of_a_material_over_rest(public, manager, published):
    """A part is the guide's change."""
    manager.patch(MATERIAL, json={"copy_count": 2})
    assert kinds(public) == [("published", 1), ("changed", 2)]
    assert public.get(published).json()["revision"]["number"] == 2
    assert public.get(f"{published}/@short").json()["revision"]["number"] == 2


# ---------------------------------------------------------------- several at once


def test_many_writers_at_once(public, manager, published, site_url):
    """Numbers without gap or double, and no change lost."""
    addresses = [published]
    for number in range(2, 6):
        code = f"62100190000{number}"
        data = {**GUIDE_DATA, "catalog_code": code, "implementation_code": None}
        assert manager.post("guides", json=data).status_code == 201
        for step in ("submit", "approve", "publish"):
            manager.post(f"guides/{code}/@workflow/{step}", json={})
        addresses.append(f"guides/{code}")
    before = read(public)

    def write(address):
        taken = 0
        with Client(site_url, manager.auth) as client:
            for turn in range(5):
                # A conflict that outlasts the retries is an honest 503 or 409.
                for _try in range(20):
                    text = {"description": f"{address}，第{turn}次。"}
                    if client.patch(address, json=text).status_code == 204:
                        taken += 1
                        break
        return taken

    with ThreadPoolExecutor(len(addresses)) as pool:
        assert list(pool.map(write, addresses)) == [5] * len(addresses)
    found = read(public)
    assert [item["sequence"] for item in found] == list(range(1, len(found) + 1))
    assert len(found) == len(before) + 5 * len(addresses)
    for address in addresses:
        own = [i["revision"] for i in found if i["address"].endswith(f"/{address}")]
        assert own == [1, 2, 3, 4, 5, 6]


# -------------------------------------------------------------------- channels


def test_a_channel_fetches_and_acknowledges(channel, manager, editor, published):
    """How far it is stands on the page of the channels."""
    assert kinds(channel) == [("published", 1)]
    state = manager.get("@channels/sheng").json()
    assert state["fetched"]["sequence"] == 1 and state["behind"] == 1
    answer = channel.post("@changes/ack", json={"sequence": 1})
    assert answer.json() == {
        "channel": "sheng",
        "acknowledged": 1,
        "latest": 1,
        "behind": 0,
        "not_taken": [],
    }
    manager.patch(published, json={"description": "第二句。"})
    (row,) = manager.get("@channels/sheng/items").json()["items"]
    assert row["channel"]["standing"] == "behind"
    assert row["channel"]["revision"] == 1 and row["revision"] == 2
    assert [part["name"] for part in row["differences"]] == ["description"]
    # Never back: an answer that comes late undoes nothing.
    channel.post("@changes/ack", json={"sequence": 2})
    channel.post("@changes/ack", json={"sequence": 1})
    assert manager.get("@channels/sheng").json()["behind"] == 0
    assert manager.get("@channels/sheng/items?differing=1").json()["items"] == []


def test_item_by_item(channel, manager, editor, public, published):
    """What it has, and what it refuses and why."""
    (item,) = read(public)
    refused = {"uid": item["uid"], "refused": "事项类型不在省目录中"}
    assert (
        channel.post("@changes/ack", json={"sequence": 1, "items": [refused]}).json()[
            "not_taken"
        ]
        == []
    )
    (row,) = manager.get("@channels/sheng/items").json()["items"]
    assert row["channel"]["standing"] == "refused"
    assert row["channel"]["refused"] == "事项类型不在省目录中"
    other = {"uid": item["uid"], "revision": 1, "hash": "0" * 64}
    channel.post("@changes/ack", json={"items": [other]})
    (row,) = manager.get("@channels/sheng/items").json()["items"]
    assert row["channel"]["standing"] == "differs" and row["differences"] is None
    manager.patch(published, json={"description": "第二句。"})
    channel.post("@changes/ack", json={"sequence": 2})
    (row,) = manager.get("@channels/sheng/items").json()["items"]
    assert row["channel"]["standing"] == "same"


def test_still_shown_after_withdrawal(channel, manager, reviewer, public, published):
    """A channel that shows what is withdrawn is the case that the page is for."""
    channel.post("@changes/ack", json={"sequence": 1})
    reviewer.post(f"{published}/@workflow/withdraw", json={"comment": "停办"})
    (row,) = manager.get("@channels/sheng/items?differing=1").json()["items"]
    assert row["channel"]["standing"] == "lingering" and row["public"] is False
    uid = row["uid"]
    channel.post("@changes/ack", json={"items": [{"uid": uid, "revision": 0}]})
    assert manager.get("@channels/sheng/items").json()["items"] == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"sequence": "1"},
        {"sequence": True},
        {"sequence": -1},
        {"sequence": 99},
        {"sequence": 1, "items": {}},
        {"items": []},
        {"sequence": 1, "items": [{}] * 1001},
    ],
)
def test_a_wrong_acknowledgement_changes_nothing(channel, manager, published, body):
    """A clear error, and it is where it was."""
    answer = channel.post("@changes/ack", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]
    assert manager.get("@channels/sheng").json()["acknowledged"]["sequence"] == 0


@pytest.mark.parametrize(
    "item",
    [
        1,
        {},
        {"uid": "0" * 32, "revision": 1},
        {"uid": "own"},
        {"uid": "own", "revision": True},
        {"uid": "own", "revision": 2},
        {"uid": "own", "revision": -1},
        {"uid": "own", "refused": 3},
        {"uid": "own", "revision": 1, "hash": 5},
    ],
)
def test_an_item_that_is_not_understood_is_named(channel, public, published, item):
    """By its place; the others are taken."""
    (own,) = read(public)
    if isinstance(item, dict) and item.get("uid") == "own":
        item = {**item, "uid": own["uid"]}
    good = {"uid": own["uid"], "revision": 1, "hash": own["hash"]}
    body = channel.post("@changes/ack", json={"items": [good, item]}).json()
    assert [problem["item"] for problem in body["not_taken"]] == [1]
    assert body["not_taken"][0]["message"]


def test_without_or_with_a_wrong_token(channel, public, editor, manager, site_url):
    """Nobody acknowledges for a channel; a wrong token is told, not ignored."""
    for client in (public, editor, manager):
        assert client.post("@changes/ack", json={"sequence": 0}).status_code == 401
    for token in ("zn1.sheng.wrong", "zn1.other.x", "zn1.", "zn1..", "zn1.sheng."):
        with Client(site_url) as client:
            client.headers["Authorization"] = f"Bearer {token}"
            assert client.get("@changes").status_code == 401
            answer = client.post("@changes/ack", json={"sequence": 0})
            assert answer.status_code == 401
    old = channel.headers["Authorization"]
    answer = manager.post("@channels/sheng/token", json={})
    assert channel.get("@changes").status_code == 401
    channel.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    assert channel.headers["Authorization"] != old
    assert channel.get("@changes").status_code == 200
    assert manager.patch("@channels/sheng", json={"active": False}).status_code == 200
    assert channel.get("@changes").status_code == 403
    assert manager.delete("@channels/sheng").status_code == 204
    assert channel.get("@changes").status_code == 401


def test_who_may_see_and_change_channels(public, editor, reviewer, manager):
    """Editors read, the keeper of the site changes, the public does neither."""
    data = {"name": "sheng", "title": "省"}
    for client in (public, editor, reviewer):
        assert client.post("@channels", json=data).status_code == 401
    assert public.get("@channels").status_code == 401
    assert manager.post("@channels", json=data).status_code == 201
    assert public.get("@channels/sheng").status_code == 401
    assert public.get("@channels/sheng/items").status_code == 401
    for client in (editor, reviewer, manager):
        answer = client.get("@channels")
        assert answer.status_code == 200
        assert "token" not in answer.text and "key" not in answer.text
    for client in (public, editor, reviewer):
        assert client.patch("@channels/sheng", json={}).status_code == 401
        assert client.delete("@channels/sheng").status_code == 401
        assert client.post("@channels/sheng/token", json={}).status_code == 401
        assert client.post("@channels/sheng/retry", json={}).status_code == 401


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ({"name": "Sheng", "title": "省"}, "小写"),
        ({"name": "a", "title": "省"}, "小写"),
        ({"title": "省"}, "小写"),
        ({"name": "sheng", "title": " "}, "100"),
        ({"name": "sheng", "title": 7}, "100"),
        ({"name": "sheng", "title": "省", "hook": "ftp://a/"}, "https://"),
        ({"name": "sheng", "title": "省", "hook": "https://a:b@c/"}, "签名"),
        ({"name": "sheng", "title": "省", "hook": 7}, "网址"),
    ],
)
def test_a_wrong_channel_is_refused_in_words(manager, data, word):
    """With what to do, and nothing is kept."""
    answer = manager.post("@channels", json=data)
    assert answer.status_code == 400
    assert word in answer.json()["error"]["message"]
    assert manager.get("@channels").json()["items"] == []


def test_addresses_that_are_not_there(manager, channel):
    """404, not a failure."""
    assert manager.get("@channels/nobody").status_code == 404
    assert manager.get("@channels/sheng/items/more").status_code == 404
    assert manager.post("@channels/sheng", json={}).status_code == 404
    assert manager.post("@changes", json={}).status_code == 400
    assert manager.post("@changes/other", json={}).status_code == 404
    answer = manager.post("@channels", json={"name": "sheng", "title": "省"})
    assert answer.status_code == 400
