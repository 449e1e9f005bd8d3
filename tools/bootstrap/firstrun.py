"""The first run: a site is built aside, in var.new, and becomes var in one move."""

from __future__ import annotations

from bootstrap import processes
from bootstrap.checkout import Checkout
from bootstrap.say import Refusal
from bootstrap.say import step
from pathlib import Path
from typing import Mapping

import base64
import hashlib
import os
import secrets
import shutil


#: Megabytes that the making of a site may take.
SPACE = 300

CREATE = Path("src") / "zhinan" / "site" / "create_site.py"

#: What buildout makes in var before there is a site, and logs: nobody's work.
WORTHLESS_FOLDERS = ("cache", "log")
WORTHLESS_FILES = (".layout", "Data.fs.lock", "instance.lock", "instance.pid")


def needed(house: Checkout) -> bool:
    """Tells whether there is no site yet; refuses where one seems to be broken."""
    if house.data.exists() and house.data.stat().st_size:
        return False
    if house.var.exists() and not is_skeleton(house.var):
        raise Refusal("broken_data", path=house.var)
    return True


def is_skeleton(var: Path) -> bool:
    """Tells whether a var folder holds nothing that anybody would miss."""
    for path in var.rglob("*"):
        if path.is_dir() and not path.is_symlink():
            continue
        if path.relative_to(var).parts[0] in WORTHLESS_FOLDERS:
            continue
        if path.name == "Data.fs" and not path.stat().st_size:
            continue
        if path.name not in WORTHLESS_FILES:
            return False
    return True


def demo(env: Mapping[str, str]) -> str:
    """Returns "1" for a site with demonstration content and logins, else "0"."""
    value = env.get("DEMO") or "1"
    if value not in ("0", "1"):
        raise Refusal("no_demo_known", value=value)
    return value


def create(house: Checkout, env: Mapping[str, str]) -> str:
    """Makes the site and returns the administrator's password.

    Nothing is in var before everything is; what was begun is removed.
    """
    with_demo = demo(env)
    script = house.root / CREATE
    if not script.exists():
        raise Refusal("no_site_script", path=CREATE)
    house.need_space(SPACE)
    shutil.rmtree(str(house.var_new), ignore_errors=True)
    password = env.get("ZHINAN_ADMIN_PASSWORD") or secrets.token_urlsafe(12)
    inituser = house.etc.parent / "inituser"
    log = house.cache / "first-run.log"
    try:
        for name in ("filestorage", "blobstorage", "instance/import", "log"):
            (house.var_new / name).mkdir(parents=True, mode=0o700)
        conf = house.var_new / "zope.conf"
        conf.write_text(aside(house), "utf-8")
        write_private(inituser, f"admin:{hashed(password)}\n")
        write_private(house.var_new / "admin-password.txt", password + "\n")
        with step("step_site"):
            processes.run(
                "create_site",
                [house.bin / "zconsole", "run", conf, script],
                cwd=house.root,
                extra={
                    "ZHINAN_SITE_ID": env.get("ZHINAN_SITE_ID") or "zhinan",
                    "ZHINAN_DEMO": with_demo,
                    "ZHINAN_LOGINS_FILE": str(house.var_new / "demo-logins.txt"),
                    # The trail's key goes along, or nothing could ever be written.
                    "ZHINAN_TRAIL_KEY_FILE": str(house.var_new / "trail.key"),
                    "ZHINAN_TRAIL_ANCHORS": str(house.var_new / "anchors"),
                },
                log=log,
            )
        conf.unlink()
        if house.var.exists():
            shutil.rmtree(str(house.var))
        os.rename(str(house.var_new), str(house.var))
    except BaseException:
        shutil.rmtree(str(house.var_new), ignore_errors=True)
        raise
    finally:
        # Zope removes it when it has read it; an interrupted run may not have.
        if inituser.exists():
            inituser.unlink()
    return password


def aside(house: Checkout) -> str:
    """Returns the instance's configuration with var.new in the place of var."""
    conf = (house.etc / "zope.conf").read_text("utf-8")
    return conf.replace(f"{house.var}/", f"{house.var_new}/")


def hashed(password: str) -> str:
    """Returns a password as Zope reads it from a file: salted, as {SSHA}."""
    salt = secrets.token_bytes(7)
    digest = hashlib.sha1(password.encode("utf-8") + salt).digest()
    return "{SSHA}" + base64.b64encode(digest + salt).decode("ascii")


def write_private(path: Path, text: str) -> None:
    """Writes a file that only its owner may read, from its first byte on."""
    handle = os.open(str(path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "w", encoding="utf-8") as out:
        out.write(text)
    os.chmod(str(path), 0o600)
