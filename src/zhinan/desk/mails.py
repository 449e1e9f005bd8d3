"""Mails to the staff: whom, in which language, and with which addresses of pages."""

from collections.abc import Iterable
from plone import api
from typing import Any
from zhinan.feedback import mail
from zhinan.jobs import store as jobs
from zhinan.rules.permissions import group_id
from zope.i18n import translate

import datetime


LANGUAGE = "zh_CN"


def say(message: Any) -> str:
    """A message in the language of the mails."""
    return str(translate(message, target_language=LANGUAGE))


def day(value: datetime.date) -> str:
    """A day as mails write it."""
    return value.isoformat()


def address_of_site(site: Any) -> str:
    """The address of the site as people know it.

    Scheduled work has no browser that asks, and so no address of its own.
    """
    store = jobs.of(site)
    return (store.address if store is not None else "") or site.absolute_url()


def address_of(site: Any, obj: Any) -> str:
    """The address of an object as people know it."""
    path = obj.getPhysicalPath()[len(site.getPhysicalPath()) :]
    return "/".join((address_of_site(site), *path))


def email_of(person: str) -> str:
    """Address of a person, or an empty text."""
    user = api.user.get(userid=person) if person else None
    return mail.one_line(str(user.getProperty("email") or "")) if user else ""


def people_of(department: str, functions: Iterable[str]) -> dict[str, str]:
    """Ids and addresses of those who have one of the functions and an address."""
    found = {}
    for function in functions:
        group = group_id(department, function)
        if not department or api.group.get(group) is None:
            continue
        for user in api.user.get_users(groupname=group):
            address = mail.one_line(str(user.getProperty("email") or ""))
            if address:
                found[user.getId()] = address
    return found
