"""What the keeper of a site may set for signing in."""

from plone.registry.interfaces import IRegistry
from typing import Any
from zhinan import _
from zhinan.rules.lockout import Pace
from zhinan.rules.passwords import PasswordPolicy
from zope import schema
from zope.component import queryUtility
from zope.interface import Interface


class ISignInSettings(Interface):
    """Waits, passwords, sessions and the second factor."""

    free_failures = schema.Int(
        title=_("Wrong attempts without a wait"),
        description=_(
            "After these each further one doubles the wait: 1, 2, 4 seconds."
        ),
        min=0,
        max=20,
        default=2,
    )
    lock_after = schema.Int(
        title=_("Wrong attempts after which a login is locked"),
        description=_("0 never locks; the waits stay."),
        min=0,
        max=100,
        default=10,
    )
    lock_minutes = schema.Int(
        title=_("Minutes of a lock"),
        min=1,
        max=1440,
        default=15,
    )
    address_lock_after = schema.Int(
        title=_("Wrong attempts after which a client's address is locked"),
        description=_(
            "For all logins together. Many people may share one address: choose a "
            "high number. 0 never locks an address."
        ),
        min=0,
        max=10_000,
        default=60,
    )
    uncounted_addresses = schema.List(
        title=_("Addresses that are not counted"),
        description=_(
            "One a line. Such as a proxy that does not tell for whom it asks: else "
            "one person's mistakes would lock everybody."
        ),
        value_type=schema.TextLine(),
        required=False,
        default=["127.0.0.1", "::1"],
        missing_value=[],
    )
    password_length = schema.Int(
        title=_("Least number of characters of a password"),
        min=8,
        max=64,
        default=12,
    )
    password_kinds = schema.Int(
        title=_("Kinds of characters in a password"),
        description=_("Of capitals, small letters, figures and other characters."),
        min=1,
        max=4,
        default=3,
    )
    password_history = schema.Int(
        title=_("Former passwords that may not come again"),
        min=0,
        max=24,
        default=5,
    )
    password_days = schema.Int(
        title=_("Days after which a password has to be changed"),
        description=_("0: never."),
        min=0,
        max=3650,
        default=0,
    )
    force_change = schema.Bool(
        title=_("A password that somebody else set has to be changed at once"),
        description=_(
            "After signing in with it every page leads to choosing a password of "
            "one's own."
        ),
        required=False,
        default=True,
    )
    idle_minutes = schema.Int(
        title=_("Minutes without activity after which a session ends"),
        min=2,
        max=1440,
        default=30,
    )
    warning_minutes = schema.Int(
        title=_("Minutes before that end at which the page warns"),
        min=1,
        max=60,
        default=5,
    )
    longest_hours = schema.Int(
        title=_("Hours after which a session ends in any case"),
        min=1,
        max=168,
        default=12,
    )
    factor_required = schema.Bool(
        title=_("Publishers, heads and administrators need a second factor"),
        description=_(
            "Who has none yet is led to setting it up after the next sign-in. Without "
            "this everybody may choose one."
        ),
        required=False,
        default=False,
    )


def setting(name: str) -> Any:
    """The value of this site; the default where no site is (the root of Zope)."""
    field = ISignInSettings[name]
    registry = queryUtility(IRegistry)
    value = None
    if registry is not None:
        value = registry.get(f"{ISignInSettings.__identifier__}.{name}")
    return field.default if value is None else value


def login_pace() -> Pace:
    """The waits of a login, and of a browser that is known."""
    return Pace(
        free=setting("free_failures"),
        lock_after=setting("lock_after"),
        lock=setting("lock_minutes") * 60.0,
    )


def address_pace() -> Pace:
    """The waits of an address: many people may stand behind it."""
    most = setting("address_lock_after")
    return Pace(
        # No waits before the lock is near: a hall shares one address.
        free=max(setting("free_failures"), most // 2 or 30),
        longest=10.0,
        lock_after=most,
        lock=setting("lock_minutes") * 60.0,
    )


def password_policy() -> PasswordPolicy:
    """The password rule of this site."""
    return PasswordPolicy(
        setting("password_length"),
        setting("password_kinds"),
        setting("password_history"),
    )
