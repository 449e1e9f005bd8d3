"""The sentences of sign-in."""

from typing import Any
from zhinan import _
from zhinan.rules.passwords import LONGEST
from zhinan.rules.passwords import PasswordPolicy
from zhinan.rules.passwords import problems
from zope.globalrequest import getRequest
from zope.i18n import translate
from zope.i18nmessageid import Message


def said(message: Message | str) -> str:
    """The message in the language of this request; Chinese where there is none."""
    request = getRequest()
    if request is None:
        return translate(message, target_language="zh-cn")
    return translate(message, context=request)


def wait_words(seconds: int) -> str:
    """How long to wait, in words."""
    if seconds < 100:
        message = _(
            "signin_wait_seconds",
            default="Too many wrong attempts. Please wait ${n} seconds and try again.",
            mapping={"n": str(seconds)},
        )
    else:
        message = _(
            "signin_wait_minutes",
            default="Too many wrong attempts. Signing in is locked for about ${n} "
            "minutes. The administrator of the site can lift the lock.",
            mapping={"n": str(-(-seconds // 60))},
        )
    return said(message)


def rule_parts(policy: PasswordPolicy) -> list[str]:
    """The password rule, line by line."""
    parts = [
        _(
            "password_rule_length",
            default="At least ${n} characters.",
            mapping={"n": str(policy.length)},
        )
    ]
    if policy.kinds > 1:
        parts.append(
            _(
                "password_rule_kinds",
                default="At least ${n} of these kinds: capitals, small letters, "
                "figures, other characters.",
                mapping={"n": str(policy.kinds)},
            )
        )
    parts.append(_("Without your login name, and none that everybody tries first."))
    if policy.history:
        parts.append(
            _(
                "password_rule_history",
                default="None of your last ${n} passwords.",
                mapping={"n": str(policy.history)},
            )
        )
    return [said(part) for part in parts]


def rule(policy: PasswordPolicy) -> str:
    """The password rule in one paragraph."""
    return "".join(rule_parts(policy))


def refusal(
    password: str, policy: PasswordPolicy, names: tuple[str, ...], person: Any = None
) -> str:
    """What to do about a password that is not taken; empty if it is."""
    sentences = {
        "short": _(
            "password_short",
            default="Use at least ${n} characters; this one has ${have}.",
            mapping={"n": str(policy.length), "have": str(len(password))},
        ),
        "long": _(
            "password_long",
            default="Use at most ${n} characters.",
            mapping={"n": str(LONGEST)},
        ),
        "kinds": _(
            "password_kinds",
            default="Mix at least ${n} kinds: capitals, small letters, figures, other "
            "characters.",
            mapping={"n": str(policy.kinds)},
        ),
        "login": _("Leave out your login name."),
        "common": _("Choose another one: this one is among the first that are tried."),
        "history": _("Choose a new one: you have used this one before."),
    }
    found = list(problems(password, policy, names))
    if (
        person is not None
        and not found
        and person.used_before(password, max(1, policy.history))
    ):
        found = ["history"]
    return "".join(said(sentences[code]) for code in found)
