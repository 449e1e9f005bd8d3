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
from plone.dexterity.interfaces import IDexterityEditForm
from plone.dexterity.interfaces import IDexterityFTI
from plone.exportimport.interfaces import IExportImportRequestMarker
from plone.restapi.deserializer.dxcontent import DeserializeFromJson
from plone.restapi.interfaces import IDeserializeFromJson
from plone.z3cform import layout
from typing import Any
from z3c.form.interfaces import IErrorViewSnippet
from zhinan import _
from zhinan import logger
from zhinan.forms.fields import FIRST_FIELDSET
from zhinan.rules.codes import Problem
from zope.component import adapter
from zope.component import getMultiAdapter
from zope.component import getUtilitiesFor
from zope.component import queryUtility
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
    """Edit form of checked content; it says first what is doubtful."""

    def update(self) -> None:
        """The hints stand where the form says how saving went."""
        super().update()
        if not self.status:
            found = hints_of(self.context)
            self.status = " ".join(
                translate(sentence(hint), context=self.request) for hint in found
            )


CheckedEditView = layout.wrap_form(CheckedEditForm)
classImplements(CheckedEditView, IDexterityEditForm)


@implementer(IDeserializeFromJson)
@adapter(IChecked, Interface)
class CheckedDeserializer(DeserializeFromJson):
    """REST writes of checked content: problems are field errors.

    During an import they are logged: a record from elsewhere lands and is mended by
    people, who see the sentence on the form.
    """

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
