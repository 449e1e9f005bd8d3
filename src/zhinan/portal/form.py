"""Forms of collective.easyform in the lean layout: no theme, no script, own words."""

from collections.abc import Iterator
from collections.abc import Mapping
from collective.easyform.api import dollar_replacer
from collective.easyform.browser.view import EasyFormForm
from collective.easyform.config import FORM_ERROR_MARKER
from dataclasses import dataclass
from html import escape
from plone.z3cform.z2 import switch_on
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from z3c.form.interfaces import HIDDEN_MODE
from z3c.form.interfaces import ICheckBoxWidget
from z3c.form.interfaces import IFormLayer
from z3c.form.interfaces import INPUT_MODE
from z3c.form.interfaces import IRadioWidget
from z3c.form.interfaces import ISelectWidget
from z3c.form.interfaces import ISingleCheckBoxWidget
from z3c.form.interfaces import ITextAreaWidget
from z3c.form.interfaces import ITextWidget
from zhinan import _
from zhinan.departments import directory
from zhinan.feedback import wording
from zhinan.pages.layout import PublicPage
from zope.i18n import translate


#: A field that people do not see and machines fill in.
TRAP = "homepage"
#: Lines of a field for long text.
ROWS = 8
_GROUPED = (ICheckBoxWidget, ISingleCheckBoxWidget, IRadioWidget)


@dataclass(frozen=True)
class Row:
    """One field as the page shows it."""

    id: str
    title: str
    help: str
    required: bool
    error: str
    html: str
    #: several inputs under one title, or a checkbox with its own words
    grouped: bool


class LeanForm(EasyFormForm):
    """The form behind the page."""

    def update(self) -> None:
        """Prepare the form, and process it when its button was pressed.

        Upstream thanks whoever posts valid values, even without the button, when no
        action has run; such a post is shown the empty form here. A line break arrives
        as two characters and is one for whoever counts what may be written.
        """
        form = self.request.form
        if self.request.method == "POST":
            if not any(name.startswith("form.buttons.") for name in form):
                self.request.response.redirect(self.context.absolute_url(), status=303)
                return
            for name, value in form.items():
                if isinstance(value, str):
                    form[name] = value.replace("\r\n", "\n")
        super().update()

    def processActions(self, fields: Mapping[str, Any]) -> dict | None:
        """Run the actions, unless a machine filled in the form."""
        if self.request.form.pop(TRAP, ""):
            return {
                FORM_ERROR_MARKER: translate(
                    _(
                        "Nothing was sent yet: something filled in a field that people "
                        "do not see. Please send the form again."
                    ),
                    context=self.request,
                )
            }
        return super().processActions(fields)

    def rows(self) -> Iterator[Row]:
        """The fields in their order, those of fieldsets included."""
        return (self._row(w) for w in self._all() if w.mode != HIDDEN_MODE)

    def hidden(self) -> list[str]:
        """What the form carries along unseen."""
        return [w.render() for w in self._all() if w.mode == HIDDEN_MODE]

    def _all(self) -> Iterator[Any]:
        for part in (self, *self.groups):
            yield from part.widgets.values()

    def _row(self, widget: Any) -> Row:
        words = wording.wording(self.schema, widget.field.__name__)
        view = getattr(widget, "error", None)
        error = ""
        if view:
            own = wording.sentence(getattr(view, "error", None), words)
            error = own or translate(view.message, context=self.request)
        if widget.mode == INPUT_MODE:
            _dress(widget, words, bool(error))
        return Row(
            id=widget.id,
            title=translate(widget.field.title, context=self.request),
            help=translate(widget.field.description or "", context=self.request),
            required=widget.field.required,
            error=error,
            html=widget.render(),
            grouped=any(kind.providedBy(widget) for kind in _GROUPED),
        )


def _dress(widget: Any, words: Mapping[str, str], wrong: bool) -> None:
    """Give a widget what browsers and screen readers need."""
    if ISelectWidget.providedBy(widget):
        # Without it the first department would stand there chosen by nobody.
        widget.prompt = True
        widget.promptMessage = _("Please choose")
    if ITextAreaWidget.providedBy(widget):
        widget.rows = ROWS
    if ISingleCheckBoxWidget.providedBy(widget):
        for term in widget.terms:
            term.title = words.get(wording.LABEL, term.title)
            term.description = ""
    # The widget gives out the dictionary that it keeps. Text that is too long is
    # better refused with a sentence than cut off in silence.
    attributes = widget.attributes
    for name in ("maxlength", "size"):
        attributes.pop(name, None)
    attributes["class"] = "zn-input"
    if ITextWidget.providedBy(widget):
        for name in (wording.AUTOCOMPLETE, wording.INPUT_TYPE):
            if name in words:
                attributes[name] = words[name]
    notes = []
    if wrong:
        attributes["aria-invalid"] = "true"
        notes.append(f"{widget.id}-error")
    if widget.field.description:
        notes.append(f"{widget.id}-help")
    if notes:
        attributes["aria-describedby"] = " ".join(notes)
    if widget.field.required:
        attributes["aria-required"] = "true"


def thanks_text(form: Any, values: Mapping[str, str]) -> str:
    """What a form says after sending, with values in the place of ``${name}``.

    Upstream puts what was typed into this text as it was typed, markup included.
    """
    safe = {name: escape(value) for name, value in values.items()}
    return dollar_replacer(_output(form.thanksPrologue), safe)


def _output(text: Any) -> str:
    return text.output if text else ""


class EasyFormPage(PublicPage):
    """A form, and the thanks after it was sent."""

    template = ViewPageTemplateFile("templates/form.pt")
    trap = TRAP

    def __call__(self) -> str:
        """The page; what a person has entered is kept by no cache."""
        body = super().__call__()
        if self.request.method == "POST" or self.form.enableCSRFProtection:
            self.request.response.setHeader("Cache-Control", "private, no-store")
        return body

    def update(self) -> None:
        """Let the form work."""
        self.form = LeanForm(self.context, self.request)
        switch_on(self.form, request_layer=IFormLayer)
        self.form.update()
        response = self.request.response
        if response.getStatus() in {301, 302, 303}:
            return
        self.rows = list(self.form.rows())
        self.errors = [row for row in self.rows if row.error]
        self.failure = ""
        if self.form.status and not self.errors:
            self.failure = self.t(self.form.status)

    @property
    def entrance(self) -> str:
        """The form is an entrance of the head when it stands there."""
        return self.context.getId()

    @property
    def title(self) -> str:
        """Title of the form, of its thanks, or that something has to be changed."""
        title = self.form.label
        if self.errors or self.failure:
            return self.t(
                _("error_in_title", default="Error: ${title}", mapping={"title": title})
            )
        return title

    @property
    def canonical(self) -> str:
        """Address of the form."""
        return self.context.absolute_url()

    def token(self) -> str:
        """The field that proves where the form came from, if the form asks for it."""
        if not self.form.enableCSRFProtection:
            return ""
        return self.context.restrictedTraverse("@@authenticator").authenticator()

    def intro(self) -> str:
        """What stands above the fields."""
        return _output(self.context.formPrologue)

    def outro(self) -> str:
        """What stands below them."""
        return _output(self.context.formEpilogue)

    def thanks(self) -> str:
        """What is said after sending."""
        data, _errors = self.form.extractData(setErrors=False)
        return thanks_text(
            self.context, {k: "" if v is None else str(v) for k, v in data.items()}
        )


class SentPage(PublicPage):
    """The thanks of a form that delivers to a department, at its own address."""

    template = ViewPageTemplateFile("templates/sent.pt")

    def update(self) -> None:
        """Find out to whom it went; without that there is nothing to thank for."""
        code = self.request.form.get("department")
        self.department = directory.get(code if isinstance(code, str) else None)
        if self.department is None:
            self.request.response.redirect(self.context.absolute_url(), status=303)

    @property
    def entrance(self) -> str:
        """The form is an entrance of the head when it stands there."""
        return self.context.getId()

    @property
    def title(self) -> str:
        """What the form says after sending."""
        return self.context.thankstitle

    def text(self) -> str:
        """The thanks, with the department in it."""
        return thanks_text(self.context, {"department": self.department.title})
