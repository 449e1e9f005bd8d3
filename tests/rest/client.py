"""A client of the REST interface for the tests: real HTTP against the test server."""

from urllib.parse import urljoin

import requests


class Client(requests.Session):
    """Asks for JSON; addresses are relative to the site."""

    def __init__(self, site_url: str, auth: tuple[str, str] | None = None):
        super().__init__()
        # A proxy or a .netrc of the machine must not come between.
        self.trust_env = False
        self.site_url = site_url.rstrip("/") + "/"
        self.headers["Accept"] = "application/json"
        self.auth = auth

    def request(self, method, url, *args, **kwargs):
        """The response; redirects are not followed, since each answer is looked at."""
        kwargs["allow_redirects"] = False
        kwargs.setdefault("timeout", 60)
        return super().request(method, urljoin(self.site_url, url), *args, **kwargs)
