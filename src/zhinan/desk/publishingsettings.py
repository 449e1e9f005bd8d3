"""What the keeper of the site decides about reviews; each change is in the trail."""

from plone import api
from plone.protect import CheckAuthenticator
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from zhinan import _
from zhinan.pages.layout import PublicPage
from zhinan.publishing.settings import IPublishingSettings
from zhinan.publishing.settings import setting
from zhinan.trail.acts import record
from zope.schema import getFieldsInOrder
from zope.schema import ValidationError

import re


VIEW = "publishing-settings"
#: Act of the trail.
CHANGED = "publishing.settings"


class PublishingSettingsPage(PublicPage):
    """``@@publishing-settings``."""

    template = ViewPageTemplateFile("templates/publishing-settings.pt")
    title = _("Publishing and review")

    def update(self) -> None:
        """Save when the form was sent."""
        self.errors: dict[str, str] = {}
        self.sent = self.request.method == "POST"
        if not self.sent:
            return
        CheckAuthenticator(self.request)
        self._save()
        if not self.errors:
            url = f"{self.portal_url}/@@{VIEW}?done=1"
            self.request.response.redirect(url, status=303)

    def _typed(self, name: str) -> str:
        value = self.request.form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def _save(self) -> None:
        """Take the settings, all or none."""
        values = {}
        for name, field in getFieldsInOrder(IPublishingSettings):
            typed = self._typed(name)
            if re.fullmatch(r"[0-9]{1,4}", typed, re.ASCII):
                values[name] = int(typed)
            try:
                field.validate(values.get(name))
            except ValidationError:
                self.errors[name] = self.t(
                    _(
                        "whole_number_between",
                        default="Enter a whole number from ${min} to ${max}.",
                        mapping={"min": str(field.min), "max": str(field.max)},
                    )
                )
        if self.errors:
            return
        for name, value in values.items():
            before = setting(name)
            if value == before:
                continue
            api.portal.set_registry_record(name, value, IPublishingSettings)
            title = self.t(IPublishingSettings[name].title)
            record(
                None,
                CHANGED,
                note=title,
                before=str(before),
                after=str(value),
            )

    def rows(self) -> list[dict[str, Any]]:
        """The settings as the form shows them."""
        return [
            {
                "name": name,
                "title": self.t(field.title),
                "help": self.t(field.description) if field.description else "",
                "value": self._typed(name) if self.errors else setting(name),
                "default": field.default,
                "min": field.min,
                "max": field.max,
                "error": self.errors.get(name, ""),
            }
            for name, field in getFieldsInOrder(IPublishingSettings)
        ]

    def message(self) -> str:
        """What became of the form."""
        done = self.request.form.get("done") == "1" and not self.sent
        return self.t(_("The settings were saved.")) if done else ""

    def token(self) -> str:
        """The field that proves that the form is ours."""
        return self.context.restrictedTraverse("@@authenticator").authenticator()
