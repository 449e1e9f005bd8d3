"""One check of what was entered, behind the form, REST and the import.

A room registers a judge, a utility named by the content type. The problems that the
judge finds become field errors on the form and in REST, with the same sentence, and
log lines while content is imported, when nobody is there to answer.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from plone.dexterity.browser.add import DefaultAddForm
from plone.dexterity.browser.add import DefaultAddView
from plone.dexterity.browser.edit import DefaultEditForm
from plone.dexterity.events import EditBegunEvent
from plone.dexterity.interfaces import IDexterityEditForm
from plone.dexterity.interfaces import IDexterityFTI
from plone.exportimport.interfaces import IExportImportRequestMarker
from plone.restapi.deserializer.dxcontent import DeserializeFromJson
from plone.restapi.interfaces import IDeserializeFromJson
from plone.z3cform import layout
from Products.Five.browser.pagetemplatefile import ViewPageTemplateFile
from typing import Any
from z3c.form.interfaces import IErrorViewSnippet
from z3c.form.interfaces import NOT_CHANGED
from zhinan import _
from zhinan import logger
from zhinan.forms import newer
from zhinan.forms.fields import FIRST_FIELDSET
from zhinan.forms.readable import lines
from zhinan.rules.codes import Problem
from zope.component import adapter
from zope.component import getMultiAdapter
from zope.component import getUtilitiesFor
from zope.component import queryUtility
from zope.event import notify
from zope.i18n import translate
from zope.i18nmessageid import Message
from zope.interface import Attribute
from zope.interface import classImplements
from zope.interface import implementer
from zope.interface import Interface
from zope.interface import Invalid
from zope.schema import getFieldsInOrder


#: Name of the judge of what all owned content has in common.
OWNED = "zhinan.owned"
#: Name of the judge of who may change the levels of files.
CONFIDENTIAL = "zhinan.confidentiality"


class IChecked(Interface):
    """Marks content whose values a registered judge checks."""


class IJudge(Interface):
    """What judges the values of one content type: a utility named by the type."""

    check = Attribute("Callable of context and values that gives problems")
    messages = Attribute("Problem id to the sentence that people read")
    hints = Attribute(
        "Callable like check, for what is doubtful and refused by nobody, or None"
    )


@implementer(IJudge)
@dataclass(frozen=True)
class Judge:
    """A check with the sentences of its problems.

    ``check`` takes the object, or its container when it is being added, and the values
    by field name. ``hints`` takes the same and gives what people should look at.
    """

    check: Callable[[Any, Mapping[str, Any]], Iterable[Problem]]
    messages: Mapping[str, Message] = field(default_factory=dict)
    hints: Callable[[Any, Mapping[str, Any]], Iterable[Problem]] | None = None


def problems(
    portal_type: str, context: Any, values: Mapping[str, Any]
) -> list[Problem]:
    """All problems of these values; ``context`` is the object or its container."""
    names = (portal_type, OWNED, CONFIDENTIAL)
    found = (queryUtility(IJudge, name=name) for name in names)
    return [
        problem
        for judge in found
        if judge is not None
        for problem in judge.check(context, values)
    ]


def hints(portal_type: str, context: Any, values: Mapping[str, Any]) -> list[Problem]:
    """What is doubtful in these values; nothing of it is refused."""
    judge = queryUtility(IJudge, name=portal_type)
    return list(judge.hints(context, values)) if judge and judge.hints else []


def hints_of(obj: Any) -> list[Problem]:
    """What is doubtful in an object as it is."""
    schema = queryUtility(IDexterityFTI, name=obj.portal_type).lookupSchema()
    return hints(obj.portal_type, obj, values_of(obj, schema))


def sentence(problem: Problem) -> Message:
    """The message that tells a person what is wrong and what to do."""
    for _name, judge in getUtilitiesFor(IJudge):
        if problem.id in judge.messages:
            return Message(judge.messages[problem.id], mapping=problem.mapping)
    raise KeyError(problem.id)


def values_of(context: Any, schema: Any) -> dict[str, Any]:
    """What an object holds, by field name."""
    return {name: getattr(context, name, None) for name, _f in getFieldsInOrder(schema)}


def _normal(value: Any) -> Any:
    """One form of what a browser sends, so that saving unchanged changes nothing.

    Line ends become single, an empty list is no value.
    """
    if isinstance(value, str):
        return value.replace("\r\n", "\n")
    if isinstance(value, list):
        return [_normal(item) for item in value] or None
    if isinstance(value, dict):
        return {key: _normal(item) for key, item in value.items()}
    return value


class CheckedForm:
    """Mixin for add and edit forms: problems become errors of their fields."""

    @property
    def default_fieldset_label(self) -> Message:
        """The first fieldset has a name like the others."""
        schema = queryUtility(IDexterityFTI, name=self.portal_type).lookupSchema()
        return schema.queryTaggedValue(FIRST_FIELDSET) or _("Basic facts")

    def extractData(self, setErrors: bool = True) -> tuple[dict[str, Any], tuple]:
        """The form's data and all errors, the judge's included."""
        data, errors = super().extractData(setErrors=setErrors)
        for name, value in data.items():
            data[name] = _normal(value)
        self.settle(data)
        fti = queryUtility(IDexterityFTI, name=self.portal_type)
        content = self.getContent()
        if getattr(content, "portal_type", None) == self.portal_type:
            values = values_of(content, fti.lookupSchema())
        else:
            values = {}
        # The fields of a behaviour come with its name before them.
        values.update({name.rpartition(".")[2]: value for name, value in data.items()})
        flagged = {error.widget for error in errors if error.widget is not None}
        found = [
            self._error_view(problem, flagged)
            for problem in problems(self.portal_type, self.context, values)
        ]
        return data, tuple(errors) + tuple(view for view in found if view is not None)

    def settle(self, data: dict[str, Any]) -> None:
        """Before the values are judged, some may be those that are stored."""

    def _error_view(self, problem: Problem, flagged: set) -> Any:
        """The error at its widget, or at the form when the field is not shown."""
        for part in (self, *self.groups):
            widget = next(
                (w for w in part.widgets.values() if w.field.__name__ == problem.field),
                None,
            )
            if widget is not None:
                break
        else:
            part = self
        if widget in flagged and widget is not None:
            return None
        view = getMultiAdapter(
            (
                Invalid(sentence(problem)),
                self.request,
                widget,
                widget.field if widget is not None else None,
                part,
                self.getContent(),
            ),
            IErrorViewSnippet,
        )
        view.update()
        if widget is not None:
            widget.error = view
        part.widgets.errors += (view,)
        return view


class CheckedAddForm(CheckedForm, DefaultAddForm):
    """Add form of checked content."""


class CheckedAddView(DefaultAddView):
    """Add view of checked content."""

    form = CheckedAddForm


class CheckedEditForm(CheckedForm, DefaultEditForm):
    """Edit form of checked content; it says first what is doubtful.

    It carries what it was opened with, so that nobody saves over a newer save unseen.
    """

    template = ViewPageTemplateFile("templates/edit.pt")
    #: what somebody else changed since the form was opened
    meanwhile: list[newer.Row] = []

    def update(self) -> None:
        """The hints stand where the form says how saving went.

        The stock form leads away without a word from what somebody else has open, for
        ten minutes after that browser was closed. Here nobody overwrites anything, so
        it only says who it is. A lock that is for good, such as that of a guide with a
        working copy, leads away as before.
        """
        self.portal_type = self.context.portal_type
        super(DefaultEditForm, self).update()
        notes = []
        if not self.actions.executedActions:
            other = newer.open_elsewhere(self.context)
            if other is None:
                notify(EditBegunEvent(self.context))
            else:
                notes.append(other)
        if not self.status:
            notes += [sentence(hint) for hint in hints_of(self.context)]
            self.status = " ".join(
                translate(note, context=self.request) for note in notes
            )

    # --------------------------------------------------------- saved by somebody else

    def _own_fields(self) -> dict[str, Any]:
        """The form's fields by the names of its data, without those of no content."""
        return {
            name: form_field.field
            for part in (self, *self.groups)
            for name, form_field in part.fields.items()
            if form_field.field.__name__ not in newer.SKIPPED
        }

    def _now(self) -> dict[str, Any]:
        content = self.getContent()
        return {
            name: newer.comparable(newer.stored(content, a_field))
            for name, a_field in self._own_fields().items()
        }

    def settle(self, data: dict[str, Any]) -> None:
        """Compare what was sent, what the form was opened with, and what is stored."""
        state = newer.read_state(self.request.form.get(newer.STATE))
        if state is None:
            return
        fields, content = self._own_fields(), self.getContent()
        choices = newer.chosen(state.asked, self.request.form)
        mine = {
            name: newer.comparable(value)
            for name, value in data.items()
            if name in fields and value is not NOT_CHANGED
        }
        self.meanwhile = newer.newer(state, self._now(), mine, choices)
        theirs = {row.name for row in self.meanwhile if not row.conflict}
        theirs |= {name for name, choice in choices.items() if choice == newer.THEIRS}
        for name in theirs & set(data):
            data[name] = newer.stored(content, fields[name])
        if self.meanwhile:
            self._take_over(theirs)

    def _take_over(self, names: set[str]) -> None:
        """Show in these fields what is stored, and not what was sent."""
        for part in (self, *self.groups):
            for name, widget in part.widgets.items():
                if name in names:
                    widget.ignoreRequest = True
                    widget.update()

    def extractData(self, setErrors: bool = True) -> tuple[dict[str, Any], tuple]:
        """The form's data and all errors; a newer save is one of the whole form."""
        data, errors = super().extractData(setErrors=setErrors)
        if not self.meanwhile:
            return data, errors
        _name, _hour, moment = newer.who_saved(self.context)
        date = translate(newer.in_full(moment), context=self.request)
        self.formErrorsMessage = newer.saved_meanwhile(self.context, date)
        view = getMultiAdapter(
            (
                Invalid(_("It has not been saved yet.")),
                self.request,
                None,
                None,
                self,
                self.getContent(),
            ),
            IErrorViewSnippet,
        )
        view.update()
        self.widgets.errors += (view,)
        return data, (*errors, view)

    def state_text(self) -> str:
        """What the hidden field holds: what is stored now, and what is being asked."""
        asked = {row.name: row.base for row in self.meanwhile if row.conflict}
        return newer.State(self._now(), asked).text()

    def newer_rows(self) -> list[dict[str, Any]]:
        """What somebody else changed, in words."""
        fields = self._own_fields()

        def t(text: Any) -> str:
            return translate(text, context=self.request)

        def state(title: Message, a_field: Any, value: Any) -> dict[str, Any]:
            return {"title": t(title), "lines": lines(a_field, value, self.context, t)}

        found = []
        for row in self.meanwhile:
            a_field = fields[row.name]
            states = [
                state(_("When you opened the form"), a_field, row.base),
                state(_("Stored now"), a_field, row.now),
            ]
            if row.conflict:
                states.append(state(_("What you typed"), a_field, row.mine))
            found.append(
                {
                    "title": t(a_field.title),
                    "field": f"{newer.CHOICE}.{row.name}",
                    "states": states,
                    "conflict": row.conflict,
                }
            )
        return found


CheckedEditView = layout.wrap_form(CheckedEditForm)
classImplements(CheckedEditView, IDexterityEditForm)


@implementer(IDeserializeFromJson)
@adapter(IChecked, Interface)
class CheckedDeserializer(DeserializeFromJson):
    """REST writes of checked content: problems are field errors.

    During an import they are logged: a record from elsewhere lands and is mended by
    people, who see the sentence on the form.
    """

    def __call__(
        self,
        validate_all: bool = False,
        data: dict[str, Any] | None = None,
        create: bool = False,
        mask_validation_errors: bool = True,
    ) -> Any:
        """Write what was sent, unless somebody saved since the client has read.

        :raises PreconditionFailed: if ``If-Match`` has no tag of what is stored.
        """
        header = self.request.getHeader("If-Match") if not create else None
        if header and not {"*", newer.tag_of(self.context)} & {*newer.tags(header)}:
            _name, _hour, moment = newer.who_saved(self.context)
            date = translate(newer.in_full(moment), context=self.request)
            raise newer.PreconditionFailed(
                translate(newer.changed_since(self.context, date), context=self.request)
            )
        obj = super().__call__(validate_all, data, create, mask_validation_errors)
        if header:
            self.request.response.setHeader("ETag", newer.tag_of(self.context))
        return obj

    def get_schema_data(
        self, data: dict[str, Any], validate_all: bool, create: bool = False
    ) -> tuple[dict, list]:
        """Deserialized values and errors, the judge's included."""
        schema_data, errors = super().get_schema_data(data, validate_all, create)
        fti = queryUtility(IDexterityFTI, name=self.context.portal_type)
        values = values_of(self.context, fti.lookupSchema())
        for field_data in schema_data.values():
            values.update(field_data)
        flagged = {error.get("field") for error in errors}
        for problem in problems(self.context.portal_type, self.context, values):
            if problem.field in flagged:
                continue
            if IExportImportRequestMarker.providedBy(self.request):
                logger.warning(
                    "%s: %s %s %s",
                    self.context.absolute_url_path(),
                    problem.field,
                    problem.id,
                    problem.mapping,
                )
                continue
            errors.append(
                {
                    "field": problem.field,
                    "message": sentence(problem),
                    "error": Invalid(problem.id),
                }
            )
        return schema_data, errors
