"""The consultation form as data of the content tree, made from its wording."""

from collections.abc import Iterable
from html import escape
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from xml.etree.ElementTree import SubElement


SUPERMODEL = "http://namespaces.plone.org/supermodel/schema"
EASYFORM = "http://namespaces.plone.org/supermodel/easyform"
#: See zhinan.feedback.wording.
WORDING = "https://zhinan.example/supermodel/form"
ACTION = "zhinan.feedback.action.Deliver"
TYPES = {
    "line": "zope.schema.TextLine",
    "phone": "zope.schema.TextLine",
    "email": "zope.schema.TextLine",
    "department": "zope.schema.Choice",
    "text": "zope.schema.Text",
    "bool": "zope.schema.Bool",
}
VALIDATORS = {"phone": "zhinan.isPhone", "email": "isValidEmail"}
#: What a browser may fill in, and the keyboard that a telephone shows.
AUTOCOMPLETE = {
    "sender_name": "name",
    "sender_phone": "tel",
    "sender_email": "email",
}
INPUT_TYPES = {"phone": "tel", "email": "email"}


def easyform_item(form: dict[str, Any]) -> dict[str, Any]:
    """The values of the EasyForm that ``consultation.yaml`` describes, without its id.

    What was sent is not kept on the form: its one action is ours, see
    ``zhinan.feedback.action``. It asks for no token, which would be the same for
    everybody without a login and would keep the page from every cache.
    """
    thanks = [line.replace("{", "${") for line in form["thanks"]["text"]]
    return {
        "title": form["title"],
        "description": form["description"],
        "formPrologue": _html(form["intro"]),
        "formEpilogue": _html([form["privacy"]]),
        "fields_model": fields_model(form["fields"]),
        "actions_model": actions_model(form),
        "submitLabel": form["submit"],
        "thankstitle": form["thanks"]["title"],
        "thanksdescription": "",
        "thanksPrologue": _html(thanks),
        "showAll": False,
        "showFields": [],
        "useCancelButton": False,
        "form_tabbing": False,
        "autofocus": False,
        "unload_protection": False,
        "CSRFProtection": False,
        "method": "post",
    }


def fields_model(fields: Iterable[dict[str, Any]]) -> str:
    """The form's fields as a supermodel."""
    schema = _schema()
    for field in fields:
        kind, name = field["kind"], field["name"]
        node = _field(schema, name, TYPES[kind], field["title"], field["help"])
        if kind == "department":
            _child(node, "vocabulary", "zhinan.departments")
        if kind == "bool":
            _child(node, "default", str(field["default"]))
        if "max_length" in field:
            _child(node, "max_length", str(field["max_length"]))
        _child(node, "required", str(field["required"]))
        if kind in VALIDATORS:
            node.set(f"{{{EASYFORM}}}validators", VALIDATORS[kind])
        words = {
            **field["errors"],
            "label": field.get("label"),
            "autocomplete": AUTOCOMPLETE.get(name),
            "type": INPUT_TYPES.get(kind),
        }
        for key, value in words.items():
            if value:
                node.set(f"{{{WORDING}}}{key}", value)
    return _text(schema)


def actions_model(form: dict[str, Any]) -> str:
    """The one action of the form as a supermodel."""
    schema = _schema()
    node = _field(schema, "deliver", ACTION, "送给所选部门", "")
    _child(node, "mail_subject", form["mail"]["subject"])
    _child(node, "mail_body", "\n".join(form["mail"]["body"]))
    _child(node, "empty", form["empty"])
    _child(node, "yes", form["answers"]["yes"])
    _child(node, "no", form["answers"]["no"])
    _child(node, "failure", form["send_failed"])
    return _text(schema)


def _schema() -> Element:
    return Element(f"{{{SUPERMODEL}}}schema")


def _field(schema: Element, name: str, type_: str, title: str, help_: str) -> Element:
    node = SubElement(schema, f"{{{SUPERMODEL}}}field", {"name": name, "type": type_})
    _child(node, "title", title)
    _child(node, "description", help_)
    return node


def _child(node: Element, tag: str, text: str) -> None:
    SubElement(node, f"{{{SUPERMODEL}}}{tag}").text = text


def _text(schema: Element) -> str:
    model = Element(f"{{{SUPERMODEL}}}model")
    model.append(schema)
    for prefix, uri in (("", SUPERMODEL), ("easyform", EASYFORM), ("zhinan", WORDING)):
        ElementTree.register_namespace(prefix, uri)
    ElementTree.indent(model)
    return ElementTree.tostring(model, encoding="unicode") + "\n"


def _html(lines: Iterable[str]) -> dict[str, str]:
    data = "\n".join(f"<p>{escape(line, quote=False)}</p>" for line in lines)
    return {"content-type": "text/html", "data": data, "encoding": "utf-8"}
