"""Channels for the staff: how far hall and province are, and what differs there."""

from functools import cached_property
from plone import api
from plone.protect import CheckAuthenticator
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zExceptions import Unauthorized
from zhinan import _
from zhinan.departments import directory
from zhinan.departments.citytime import CITY_TIME
from zhinan.guides.changed import in_words
from zhinan.pages.lists import ListPage
from zhinan.pages.lists import PAGE_SIZE
from zhinan.publishing import channels
from zhinan.publishing.channels import Channel
from zhinan.publishing.channels import ChannelRefused
from zhinan.publishing.compared import cell
from zhinan.publishing.compared import compared
from zhinan.publishing.compared import Row
from zhinan.publishing.store import outbox
from zhinan.publishing.store import peek
from zope.i18nmessageid import Message

import datetime


SERVE = "Zhinan: Serve channels"
DONE = {
    "change": _("The channel was changed."),
    "pause": _("The channel is paused: nothing is sent, its token is not taken."),
    "resume": _("The channel is active again and gets everything that it missed."),
    "retry": _("The hook will be tried again within seconds."),
    "remove": _("The channel was removed; its token has ended."),
}
STANDINGS = {
    "same": _("in step"),
    "behind": _("behind"),
    "missing": _("not there yet"),
    "differs": _("content differs"),
    "refused": _("sent back"),
    "lingering": _("still shown"),
}
REASONS = {
    "status": _(
        "hook_status", default="The receiver answered ${detail}, not with 2xx."
    ),
    "timeout": _(
        "hook_timeout", default="The receiver did not answer within ${detail} seconds."
    ),
    "refused": _(
        "hook_refused", default="Nobody receives at this address: connection refused."
    ),
    "unknown_host": _("hook_unknown_host", default="There is no host ${detail}."),
    "certificate": _(
        "hook_certificate",
        default="The certificate of the receiver is not trusted (${detail}). Nothing "
        "was sent.",
    ),
    "encryption": _(
        "hook_encryption", default="The encrypted connection failed (${detail})."
    ),
    "redirect": _(
        "hook_redirect",
        default="The receiver points to ${detail}. Enter the final address.",
    ),
    "broken": _("hook_broken", default="The connection broke off (${detail})."),
    **channels.PROBLEMS,
}


class ChannelsPage(ListPage):
    """The channels, and guide by guide what each has."""

    template = ViewPageTemplateFile("templates/channels.pt")
    title = _("Hall and province")
    standing_titles = STANDINGS

    def update(self) -> None:
        """Do what a button says, then read how the channels stand."""
        self.error: Message | str = ""
        self.token = ""
        self.token_of = ""
        if self.request.method == "POST" and self._act():
            return
        box = peek(self.context)
        self.latest = box.latest
        self.all_channels = list(box.channels.values())
        params = self.params()
        chosen = [
            channel
            for channel in self.all_channels
            if params["channel"] in ("", channel.name)
        ]
        self.chosen = chosen
        rows = compared(box, chosen, params["department"], bool(params["differing"]))
        self.total = len(rows)
        self.rows = [self._row(row) for row in rows[self.start :][:PAGE_SIZE]]

    # ------------------------------------------------------------------ buttons

    @cached_property
    def may_serve(self) -> bool:
        """Whether the person may change channels."""
        return api.user.has_permission(SERVE, obj=self.context)

    def _typed(self, name: str) -> str:
        value = self.request.form.get(name, "")
        return value if isinstance(value, str) else ""

    def _act(self) -> bool:
        """Do one step; whether the person was sent on.

        A token is shown in the very answer that made it, and in no address.
        """
        CheckAuthenticator(self.request)
        if not self.may_serve:
            raise Unauthorized(
                self.t(_("Only the keeper of the site changes channels."))
            )
        step = self._typed("step")
        try:
            if step == "create":
                channel, self.token = channels.create(
                    outbox(self.context),
                    self._typed("name").strip(),
                    self._typed("title"),
                    self._typed("hook"),
                    self.portal_url,
                )
                self.token_of = channel.title
                return False
            channel = peek(self.context).channels.get(self._typed("name"))
            if channel is None:
                self.error = _("There is no channel of this name.")
                return False
            if step == "token":
                self.token, self.token_of = channel.rotate(), channel.title
                return False
            self._change(channel, step)
        except ChannelRefused as error:
            self.error = error.args[0]
            return False
        if step in DONE:
            self.request.response.redirect(f"{self.page_url()}?done={step}", status=303)
        return step in DONE

    def _change(self, channel: Channel, step: str) -> None:
        match step:
            case "change":
                values = {"title": self._typed("title"), "hook": self._typed("hook")}
                channels.change(channel, values, self.portal_url)
            case "pause" | "resume":
                values = {"active": step == "resume"}
                channels.change(channel, values, self.portal_url)
            case "retry":
                channels.retry(channel)
            case "remove":
                channels.remove(outbox(self.context), channel)

    def typed(self) -> dict[str, str]:
        """What stood in the form of a new channel that was refused."""
        again = bool(self.error) and self._typed("step") == "create"
        names = ("title", "name", "hook")
        return {name: self._typed(name) if again else "" for name in names}

    def authenticator(self) -> str:
        """The field that proves that the form is ours."""
        return self.context.restrictedTraverse("@@authenticator").authenticator()

    def message(self) -> str:
        """What became of the step before."""
        return self.t(DONE.get(self._typed("done"), ""))

    def failure(self) -> str:
        """Why a step could not be taken."""
        return self.t(self.error)

    # ------------------------------------------------------------------ the list

    def params(self) -> dict[str, Any]:
        """What narrows the list of guides."""
        names = {channel.name for channel in peek(self.context).channels.values()}
        return {
            "channel": self.choice("channel", names),
            "department": self.choice("department", directory.entries()),
            "differing": self.choice("differing", {"1"}),
        }

    def page_url(self) -> str:
        """Address of the page."""
        return f"{self.portal_url}/@@channels"

    def departments(self) -> list[directory.Entry]:
        """Owners by which the list can be narrowed."""
        return list(directory.visible().values())

    def channel_rows(self) -> list[dict[str, Any]]:
        """The channels with how far they are."""
        return [self._channel(channel) for channel in self.all_channels]

    def _channel(self, channel: Channel) -> dict[str, Any]:
        delivery = channel.delivery
        name, detail = delivery.reason
        reason = ""
        if delivery.failures and name:
            reason = self.t(
                Message(
                    REASONS.get(name, REASONS["broken"]), mapping={"detail": detail}
                )
            )
        return {
            "name": channel.name,
            "title": channel.title,
            "active": channel.active,
            "hook": channel.hook,
            "behind": channel.behind(self.latest),
            "fetched": self.moment(channel.fetched.moment),
            "fetched_sequence": channel.fetched.sequence,
            "acknowledged": self.moment(channel.acknowledged.moment),
            "acknowledged_sequence": channel.acknowledged.sequence,
            "told": self.moment(delivery.moment),
            "told_sequence": delivery.sequence,
            "failures": delivery.failures,
            "reason": reason,
            "next_try": self.moment(delivery.next_try),
        }

    def moment(self, value: datetime.datetime | None) -> str:
        """Day and time in the city."""
        if value is None:
            return ""
        local = value.astimezone(CITY_TIME)
        return f"{self.date(local.date())} {local:%H:%M}"

    def _row(self, row: Row) -> dict[str, Any]:
        record = row.record
        owner = directory.get(record.department)
        now = record.revisions[-1]
        return {
            "title": record.title,
            "url": f"{self.portal_url}/{record.seen.path}"
            if not record.seen.deleted
            else "",
            "department": owner.short_name if owner else record.department,
            "public": record.seen.public,
            "deleted": record.seen.deleted,
            "revision": record.revision,
            "since": self.date(now.moment.astimezone(CITY_TIME).date()),
            "hash": record.seen.hash[:8],
            "cells": [self._cell(channel, row) for channel in self.chosen],
        }

    def _cell(self, channel: Channel, row: Row) -> dict[str, Any]:
        found = cell(peek(self.context), channel, row)
        return {
            "channel": channel.title,
            "standing": found.standing,
            "words": self.t(STANDINGS[found.standing]),
            "revision": found.revision,
            "refused": found.refused,
            "changes": in_words(found.differences or (), self.t),
            "unknown": found.differences is None,
        }
