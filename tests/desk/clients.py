"""Somebody who asks for pages and sends their forms, as a person does."""

from publishing.people import PASSWORD

import lxml.html
import requests


class Person(requests.Session):
    """A client of one person; addresses are relative to the site."""

    def __init__(self, site_url, name=""):
        super().__init__()
        self.trust_env = False
        self.site_url = site_url
        if name:
            self.auth = (name, PASSWORD)

    def request(self, method, url, *args, **kwargs):
        """The answer; redirects are looked at."""
        kwargs.setdefault("allow_redirects", False)
        kwargs.setdefault("timeout", 60)
        if not url.startswith("http"):
            url = f"{self.site_url}/{url}"
        return super().request(method, url, *args, **kwargs)

    def page(self, path, **params):
        """A page as its parsed HTML."""
        answer = self.get(path, params=params, headers={"Accept": "text/html"})
        assert answer.status_code == 200, (answer.status_code, answer.text[:2000])
        return lxml.html.fromstring(answer.text)

    def fill(self, path, **fields):
        """Send the form of a page, with its token."""
        form = self.page(path)
        token = form.xpath("//input[@name='_authenticator']/@value")[0]
        return self.post(path, data={"_authenticator": token, **fields})

    def json(self, path, **params):
        """An answer as JSON."""
        answer = self.get(path, params=params, headers={"Accept": "application/json"})
        assert answer.status_code == 200, (answer.status_code, answer.text[:2000])
        return answer.json()


def words(node):
    """The text of a node with single blanks."""
    return " ".join(node.text_content().split())
