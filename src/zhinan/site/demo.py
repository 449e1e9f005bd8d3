"""Demonstration logins: they exist only together with the demonstration content."""

from dataclasses import dataclass
from pathlib import Path
from plone import api

import os
import secrets


@dataclass(frozen=True)
class Login:
    """A person of the demonstration."""

    name: str
    fullname: str
    roles: tuple[str, ...]
    groups: tuple[str, ...] = ()


LOGINS = (
    Login("bianji", "李编辑（编辑）", ("Editor", "Contributor")),
    Login("shenhe", "王审核（审核发布）", ("Reviewer",)),
    Login("fagaiwei", "赵经办（发改委经办）", (), ("dept-fgw-handler",)),
    Login("zonghechuangkou", "孙窗口（政务服务局经办）", (), ("dept-zwfw-handler",)),
)

#: Where the start script finds the logins that it prints; see docs/operations.md.
LOGINS_FILE = "ZHINAN_LOGINS_FILE"
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def make_password() -> str:
    """A password that can be typed from a screen: 4 groups of 4."""
    groups = ("".join(secrets.choice(_ALPHABET) for _i in range(4)) for _g in range(4))
    return "-".join(groups)


def create_logins() -> dict[str, str]:
    """Create the people with fresh passwords; written to the file that is named."""
    passwords = {}
    for login in LOGINS:
        passwords[login.name] = password = make_password()
        user = api.user.create(
            email=f"{login.name}@example.com",
            username=login.name,
            password=password,
            properties={"fullname": login.fullname},
        )
        if login.roles:
            api.user.grant_roles(user=user, roles=list(login.roles))
        for name in login.groups:
            if api.group.get(name) is None:
                api.group.create(groupname=name, title=name)
            api.group.add_user(groupname=name, user=user)
    path = os.environ.get(LOGINS_FILE)
    if path:
        lines = [
            f"{login.name}  {passwords[login.name]}  {login.fullname}\n"
            for login in LOGINS
        ]
        target = Path(path)
        target.touch(mode=0o600)
        target.write_text("".join(lines), encoding="utf-8")
    return passwords
