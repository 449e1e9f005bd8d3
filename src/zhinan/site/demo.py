"""Demonstration logins: they exist only together with the demonstration content."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from plone import api
from typing import Any
from zhinan.departments import directory

import json
import os
import secrets


#: Where the start script finds the logins that it prints; see docs/operations.md.
LOGINS_FILE = "ZHINAN_LOGINS_FILE"
#: No letters and digits that look alike on a screen.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def logins() -> list[dict[str, Any]]:
    """The people of the demonstration: name, fullname, roles and groups."""
    text = (files("zhinan") / "content" / "logins.json").read_text(encoding="utf-8")
    return json.loads(text)


def make_password() -> str:
    """A password that can be typed from a screen: 4 groups of 4, 79 bits.

    The password rule asks for letters and figures; one in a hundred has no figure.
    """
    while True:
        word = "".join(secrets.choice(_ALPHABET) for _i in range(16))
        if any(c.isdigit() for c in word) and any(c.isalpha() for c in word):
            return "-".join(word[i : i + 4] for i in range(0, 16, 4))


def _groups(wanted: list[str]) -> Iterator[str]:
    """Ids of groups; ``dept-*-editor`` is that of every department."""
    for group in wanted:
        if "*" not in group:
            yield group
            continue
        for code in directory.entries():
            yield group.replace("*", code)


def create_logins() -> dict[str, str]:
    """Create the people with fresh passwords, and write these to the file named.

    The file is that of the environment variable ``ZHINAN_LOGINS_FILE``, readable by
    its owner alone; without the variable nothing is written.
    """
    passwords = {}
    lines = []
    for login in logins():
        name = login["name"]
        passwords[name] = password = make_password()
        user = api.user.create(
            email=f"{name}@example.com",
            username=name,
            password=password,
            properties={"fullname": login["fullname"]},
        )
        if login["roles"]:
            api.user.grant_roles(user=user, roles=login["roles"])
        for group in _groups(login["groups"]):
            api.group.add_user(groupname=group, user=user)
        lines.append(f"{name}  {password}  {login['fullname']}\n")
    if path := os.environ.get(LOGINS_FILE):
        target = Path(path)
        target.touch(mode=0o600)
        target.chmod(0o600)
        target.write_text("".join(lines), encoding="utf-8")
    return passwords
