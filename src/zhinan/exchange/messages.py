"""What reports of an import say of a value or a record.

Registered like a judge's messages, so that one place finds the sentence of any problem.
"""

from zhinan import _
from zhinan.forms import validation
from zhinan.forms.messages import message
from zhinan.rules.codes import Problem
from zhinan.rules.records import Finding
from zope.i18n import translate
from zope.i18nmessageid import Message


MESSAGES = {
    # The file as a whole
    "source_empty": _(
        "source_empty", default="The file is empty. Choose the right one."
    ),
    "source_is_office_file": _(
        "source_is_office_file",
        default="This is a spreadsheet or a package, not JSON Lines. Choose the format "
        "that fits.",
    ),
    "source_utf16": _(
        "source_utf16",
        default="The file is not UTF-8 but UTF-16 or no text at all. Save it as UTF-8.",
    ),
    "source_gbk": _(
        "source_gbk",
        default="The file is written in GBK, not UTF-8. Save it as UTF-8.",
    ),
    "source_not_utf8": _(
        "source_not_utf8",
        default="Line ${line} is not UTF-8. Save the file as UTF-8.",
    ),
    "source_json_array": _(
        "source_json_array",
        default="The file is one JSON array. JSON Lines has one record a line, without "
        "brackets and commas around the records.",
    ),
    "source_not_json_lines": _(
        "source_not_json_lines",
        default="Line ${line} is not a JSON object: this is no JSON Lines file. It has "
        "one record a line.",
    ),
    "source_line_long": _(
        "source_line_long",
        default="Line ${line} is longer than ${most} MB. Write one record a line.",
    ),
    "source_too_many_lines": _(
        "source_too_many_lines",
        default="The file has more than ${most} lines. Divide it.",
    ),
    # One record
    "source_line_broken": _(
        "source_line_broken",
        default="The line is broken from character ${column} on: no JSON.",
    ),
    "source_no_object": _(
        "source_no_object", default="The line is not a record (JSON object)."
    ),
    "source_field_twice": _(
        "source_field_twice", default="Stands twice in the record; the last one counts."
    ),
    "source_field_unknown": _(
        "source_field_unknown",
        default="The mapping table does not know this field; it is left out.",
    ),
    "source_fields_unknown": _(
        "source_fields_unknown",
        default="${number} more fields that the mapping table does not know.",
    ),
    "source_no_key": _(
        "source_no_key",
        default="The code that tells the record from others is missing or not text.",
    ),
    "source_no_title": _(
        "source_no_title", default="Without a name the record cannot be taken over."
    ),
    "source_no_owner": _(
        "source_no_owner",
        default="Without an owner department the record cannot be taken over.",
    ),
    "source_twice": _(
        "source_twice",
        default="The same code stands in line ${line} already; this record is left "
        "out.",
    ),
    "source_length": _(
        "source_length", default="The code does not have ${lengths} characters."
    ),
    # One value
    "source_not_text": _("source_not_text", default="Not text; the value is left out."),
    "source_unprintable": _(
        "source_unprintable",
        default="Has control characters; the value is left out.",
    ),
    "source_no_phone": _(
        "source_no_phone", default="Not a telephone number; it is left out."
    ),
    "source_no_phone_kept": _(
        "source_no_phone_kept",
        default="Not one telephone number; the words are kept in “${other}”.",
    ),
    "source_no_url": _("source_no_url", default="Not a web address; it is left out."),
    "source_no_url_kept": _(
        "source_no_url_kept",
        default="Not a web address; the words are kept in “${other}”.",
    ),
    "source_long": _(
        "source_long",
        default="Has more than ${most} characters; the value is left out.",
    ),
    "source_no_number": _(
        "source_no_number", default="Not a whole number; it is left out."
    ),
    "source_out_of_range": _(
        "source_out_of_range",
        default="Not between ${min} and ${max}; the value is left out.",
    ),
    "source_code_unknown": _(
        "source_code_unknown",
        default="Our list has no value for this word; it is left out.",
    ),
    "source_no_limit": _(
        "source_no_limit",
        default="Not a number with a unit such as 20(workdays); it is left out.",
    ),
    "source_many_materials": _(
        "source_many_materials",
        default="More than ${most} materials; the others are left out.",
    ),
    # What the site says
    "import_value": _("import_value", default="${reason} The value is left out."),
    "import_cell": _(
        "import_cell",
        default="Row ${row}, ${column}: ${reason} It is left out.",
    ),
    "import_item": _("import_item", default="Row ${row}: ${reason} It is left out."),
    "import_missing": _(
        "import_missing", default="Must be filled in; it is left empty for now."
    ),
    "import_unknown_field": _(
        "import_unknown_field", default="There is no such element."
    ),
    "import_no_title": _(
        "import_no_title", default="Without a name the record cannot be taken over."
    ),
    "import_no_owner": _(
        "import_no_owner",
        default="Without an owner department the record cannot be taken over.",
    ),
    "import_department_unknown": _(
        "import_department_unknown",
        default="The site has no department “${name}”. Create it first, or import "
        "with new departments.",
    ),
    "import_department_code": _(
        "import_department_code",
        default="“${name}” cannot be created: its credit code gives no department "
        "code of its own. Create it by hand.",
    ),
    "import_not_allowed": _("import_not_allowed", default="You may not add this here."),
    "import_not_yours": _("import_not_yours", default="You may not change this."),
    "import_locked": _(
        "import_locked",
        default="${person} is editing it. Import this record again afterwards.",
    ),
    "import_ambiguous": _(
        "import_ambiguous",
        default="The site has several that fit. Give the code that tells them apart.",
    ),
    "import_not_one": _(
        "import_not_one",
        default="The record has no code or name by which it could be found again.",
    ),
    "import_twice": _(
        "import_twice", default="The same record stands in this file already."
    ),
    "import_type": _("import_type", default="Objects of this kind are not imported."),
    "import_file": _(
        "import_file", default="The file itself is missing; it is left out."
    ),
    "import_incomplete": _(
        "import_incomplete",
        default="Before it can be published, still to be filled in: ${elements}.",
    ),
    "import_left": _(
        "import_left",
        default="The site has it and the file does not; it stays.",
    ),
    "import_state": _(
        "import_state", default="You may not bring it to the state “${state}”."
    ),
    "import_failed": _("import_failed", default="Could not be written (${reason})."),
}
JUDGE = validation.Judge(lambda context, values: (), MESSAGES)


def sentence(problem: Problem) -> Message | str:
    """The message of any problem; its id where nobody has a sentence for it."""
    try:
        return validation.sentence(problem)
    except KeyError:
        return problem.id


def said(finding: Finding, language: str) -> str:
    """What a finding says, in a language."""
    text = sentence(finding.problem)
    other = finding.problem.mapping.get("other")
    if other:
        # The element that took the value, by its title.
        mapping = {**finding.problem.mapping, "other": message(f"guide.{other}", other)}
        text = Message(text, mapping=mapping)
    return translate(text, target_language=language)
