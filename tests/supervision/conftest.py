"""Departments with people in functions, and clients that ask as they do."""

from departments import people as cast
from plone import api
from plone.app.testing import login
from plone.app.testing import SITE_OWNER_NAME
from zhinan.rules.permissions import group_id

import lxml.html
import pytest
import requests
import transaction


PASSWORD = "liu-hen-2026-ceshi"
#: Who there is: login, name, group.
PEOPLE = {
    "libianji": ("李编辑", group_id("jia", "editor")),
    "wangshenhe": ("王审核", group_id("jia", "reviewer")),
    "zhaofuze": ("赵负责", group_id("jia", "head")),
    "jingban": ("钱经办", group_id("jia", "handler")),
    "chakan": ("孙查看", group_id("jia", "reader")),
    "yibianji": ("周编辑", group_id("yi", "editor")),
    "yifuze": ("吴负责", group_id("yi", "head")),
    "ducha": ("郑督查", "supervision"),
    "guanli": ("冯管理", "Site Administrators"),
    "chuangkou": ("陈窗口", "window"),
}


class Client(requests.Session):
    """Asks as one person; addresses are relative to the site."""

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
            url = f"{self.site_url}/{url.lstrip('/')}"
        return super().request(method, url, *args, **kwargs)

    def page(self, path, **params):
        """A page as its parsed HTML."""
        answer = self.get(path, params=params, headers={"Accept": "text/html"})
        assert answer.status_code == 200, (answer.status_code, answer.text[:2000])
        return lxml.html.fromstring(answer.text)

    def json(self, path, **params):
        """An answer as JSON."""
        answer = self.get(path, params=params, headers={"Accept": "application/json"})
        assert answer.status_code == 200, (answer.status_code, answer.text[:2000])
        return answer.json()

    def call(self, method, path, **body):
        """A call with a JSON body."""
        return self.request(
            method, path, json=body, headers={"Accept": "application/json"}
        )


def words(node):
    """The text of a node with single blanks."""
    return " ".join(node.text_content().split())


@pytest.fixture
def site(functional):
    """Three departments and the people."""
    portal = functional["portal"]
    login(functional["app"], SITE_OWNER_NAME)
    cast.add_departments(portal)
    for name, (fullname, group) in PEOPLE.items():
        api.user.create(
            username=name,
            email=f"{name}@example.com",
            password=PASSWORD,
            properties={"fullname": fullname},
        )
        api.group.add_user(groupname=group, username=name)
    transaction.commit()
    return portal


@pytest.fixture
def ask(site):
    """Makes a client of a person."""
    clients = []

    def make(name=""):
        clients.append(Client(site.absolute_url(), name))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def guide(site, ask):
    """Address of a guide of the first department, written by its editor."""
    answer = ask("libianji").call(
        "POST",
        "guides",
        **{
            "@type": "MatterGuide",
            "title": "示例事项办理",
            "catalog_code": "620199001000",
            "owner_department": "jia",
            "department": "jia",
        },
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["@id"]
