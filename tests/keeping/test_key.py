"""Without the trail's key nothing is changed, and that is told without its place."""

from .served import Site

import signal


POLICY = {
    "@type": "PolicyDocument",
    "document_number": "嘉政发[2026]第008号",
    "issuing_body": "嘉峪关市人民政府",
    "issued": "2026-08-01",
    "text": "<p>第八条</p>",
}


def test_no_key(stopped_site, tmp_path):
    """Reading goes on; a change is refused with 503 and goes on when the key is back."""
    site = Site.copy(stopped_site, tmp_path / "home")
    key = site.home / "var" / "trail.key"
    kept = key.read_bytes()
    key.unlink()
    try:
        site.start()
        with site.client() as client:
            change = {"description": "改一句。"}
            answer = client.patch("policies", json=change)
            assert answer.status_code in {200, 204}
            answer = client.post("policies", json={**POLICY, "title": "没有密钥"})
            assert answer.status_code == 503
            assert answer.json()["error"]["type"] == "NoTrailKey"
            assert str(tmp_path) not in answer.text
            page = client.get("guides", headers={"Accept": "text/html"})
            assert page.status_code == 200
            key.write_bytes(kept)
            key.chmod(0o600)
            answer = client.post("policies", json={**POLICY, "title": "密钥回来了"})
            assert answer.status_code == 201, answer.text
            titles = [item["title"] for item in client.get("policies").json()["items"]]
            assert "密钥回来了" in titles and "没有密钥" not in titles
    finally:
        site.end(signal.SIGKILL)
