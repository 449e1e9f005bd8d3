"""What is said of sources in our own formats: files, sheets, rows and cells.

Registered like a judge's messages, so that one place finds the sentence of any problem.
"""

from zhinan import _
from zhinan.forms.validation import Judge
from zhinan.forms.validation import sentence


MESSAGES = {
    "source_too_large": _(
        "source_too_large",
        default="The file has ${size}; at most ${limit} can be read. Divide it.",
    ),
    "source_encrypted": _(
        "source_encrypted",
        default="The file is protected with a password. Save it without one.",
    ),
    "source_old_excel": _(
        "source_old_excel",
        default="This is a file of an old Excel (.xls). Save it as .xlsx.",
    ),
    "source_text": _(
        "source_text",
        default="This is text, such as CSV or a web page, not a workbook. Open it "
        "with a spreadsheet program and save it as .xlsx.",
    ),
    "source_not_workbook": _(
        "source_not_workbook",
        default="This is no workbook (.xlsx). Choose the right file.",
    ),
    "source_xlsb": _(
        "source_xlsb",
        default="This is a binary workbook (.xlsb). Save it as .xlsx.",
    ),
    "source_ods": _(
        "source_ods",
        default="This is an OpenDocument file. Save it as .xlsx.",
    ),
    "workbook_empty": _(
        "workbook_empty",
        default="The file is empty. Choose the right one.",
    ),
    "source_truncated": _(
        "source_truncated",
        default="The file is incomplete or damaged. Send or download it again.",
    ),
    "source_broken": _(
        "source_broken",
        default="The workbook is damaged inside. Open it with a spreadsheet program"
        " and save it anew.",
    ),
    "source_bomb": _(
        "source_bomb",
        default="Unpacked, the file would be larger than ${limit}. It is not read.",
    ),
    "source_too_many_cells": _(
        "source_too_many_cells",
        default="The workbook has ${cells} cells; at most ${limit} can be read. "
        "Delete rows and columns that are empty, or divide it.",
    ),
    "source_too_many_columns": _(
        "source_too_many_columns",
        default="A sheet has ${columns} columns; at most ${limit} can be read. "
        "Delete the columns that are none of ours.",
    ),
    "source_no_sheet": _(
        "source_no_sheet",
        default="The workbook has none of the sheets that are read: ${names}. Use "
        "the empty spreadsheet.",
    ),
    "head_missing": _(
        "head_missing",
        default="Sheet “${sheet}” has no head. Copy the first rows from the empty "
        "spreadsheet.",
    ),
    "sheet_doubled": _(
        "sheet_doubled",
        default="Sheets “${sheet}” and “${second}” are the same one. Keep one of them.",
    ),
    "column_missing": _(
        "column_missing",
        default="Sheet “${sheet}” lacks the column “${column}”. Add it as in the "
        "empty spreadsheet.",
    ),
    "column_doubled": _(
        "column_doubled",
        default="Sheet “${sheet}” has the column “${column}” twice. Delete one.",
    ),
    "column_conflict": _(
        "column_conflict",
        default="Sheet “${sheet}”: a column is headed “${column}”, but its hidden "
        "identifier is that of “${second}”. Copy the head anew from the "
        "empty spreadsheet.",
    ),
    "json_encoding": _(
        "json_encoding",
        default="Line ${line} is not UTF-8. Save the file as UTF-8.",
    ),
    "json_broken": _(
        "json_broken",
        default="The JSON is broken at line ${line}, character ${column}.",
    ),
    "json_deep": _(
        "json_deep",
        default="The JSON is nested too deeply. It is none of ours.",
    ),
    "json_constant": _(
        "json_constant",
        default="“${value}” is no value of JSON.",
    ),
    "json_doubled": _(
        "json_doubled",
        default="The name “${name}” stands twice in one object. Keep one.",
    ),
    "json_format": _(
        "json_format",
        default="This is no document of this exchange: format or version is "
        "missing. See the manual.",
    ),
    "json_version": _(
        "json_version",
        default="The document has version ${version}; this site reads up to "
        "${known}. Update the site, or export in an older version.",
    ),
    "json_list": _(
        "json_list",
        default="“${name}” is not of the right kind: lists in brackets.",
    ),
    "json_object": _(
        "json_object",
        default="This is no object of type ${type} with elements.",
    ),
    "package_no_document": _(
        "package_no_document",
        default="The package has no ${name}. Export it anew.",
    ),
    "package_path": _(
        "package_path",
        default="The package has a path that leads outside: ${name}. It is not read.",
    ),
    "package_doubled": _(
        "package_doubled",
        default="The package has ${name} twice. Export it anew.",
    ),
    "package_entries": _(
        "package_entries",
        default="The package has ${number} files; at most ${limit} are read.",
    ),
    "sheet_unknown": _(
        "sheet_unknown",
        default="Sheet “${sheet}” is none of ours and was not read.",
    ),
    "column_unknown": _(
        "column_unknown",
        default="Column “${column}” of sheet “${sheet}” is unknown and was not read.",
    ),
    "column_headless": _(
        "column_headless",
        default="A column of sheet “${sheet}” has values but no head; it was not read.",
    ),
    "columns_left": _(
        "columns_left",
        default="Sheet “${sheet}” does not have these columns: ${columns}. What the"
        " site has there stays.",
    ),
    "hidden_rows": _(
        "hidden_rows",
        default="Sheet “${sheet}” has hidden rows (${number}), perhaps by a filter."
        " They were read like the others.",
    ),
    "example_changed": _(
        "example_changed",
        default="Row ${row} of sheet “${sheet}” is marked as an example but was "
        "filled in. It was not read: take the mark off the first cell.",
    ),
    "key_missing": _(
        "key_missing",
        default="The row does not say to what it belongs. Fill in the first column.",
    ),
    "key_doubled": _(
        "key_doubled",
        default="“${key}” stands twice. Give each its own.",
    ),
    "key_unknown": _(
        "key_unknown",
        default="There is nothing with “${key}” to which this row belongs. Compare "
        "the first columns of the sheets.",
    ),
    "uid_form": _(
        "uid_form",
        default="This is no number that the system gave. Leave the cell empty.",
    ),
    "uid_doubled": _(
        "uid_doubled",
        default="The number of the system stands twice, as after copying a row. "
        "Empty it in the new row.",
    ),
    "state_unknown": _(
        "state_unknown",
        default="“${value}” is no state; it is left out.",
    ),
    "cell_formula": _(
        "cell_formula",
        default="The cell has a formula. Paste it as a value.",
    ),
    "cell_error": _(
        "cell_error",
        default="The cell shows an error (${value}). Write the value.",
    ),
    "cell_date": _(
        "cell_date",
        default="The program has made a date of what was typed (${value}). Format "
        "the cell as text and type it again.",
    ),
    "cell_full": _(
        "cell_full",
        default="The text is as long as a cell can be (${max} characters); its end "
        "is missing. Use JSON for it.",
    ),
    "cell_digits_lost": _(
        "cell_digits_lost",
        default="The number has more than 15 digits, of which the program lost some"
        " (${value}). Format the cell as text and type it again.",
    ),
    "cell_merged": _(
        "cell_merged",
        default="The cell is merged with others. Unmerge it and fill in each.",
    ),
    "not_a_number": _(
        "not_a_number",
        default="“${value}” is no whole number. Write digits alone.",
    ),
    "not_a_date": _(
        "not_a_date",
        default="“${value}” is no date. Write it like 2026-03-18.",
    ),
    "not_yes_no": _(
        "not_yes_no",
        default="“${value}” is neither yes nor no.",
    ),
    "not_in_list": _(
        "not_in_list",
        default="“${value}” is not in the list. Allowed: ${allowed}",
    ),
    "number_small": _(
        "number_small",
        default="${value} is too small; at least ${min}.",
    ),
    "number_big": _(
        "number_big",
        default="${value} is too large; at most ${max}.",
    ),
    "too_long": _(
        "too_long",
        default="The text has ${length} characters; at most ${max}.",
    ),
    "line_breaks": _(
        "line_breaks",
        default="This is one line; take the line breaks out.",
    ),
    "not_a_phone": _(
        "not_a_phone",
        default="“${value}” is no telephone number. Write it with the area code, "
        "such as 0937-0000101.",
    ),
    "not_a_url": _(
        "not_a_url",
        default="“${value}” is no web address. It begins with http:// or https://.",
    ),
    "unprintable": _(
        "unprintable",
        default="The text has control characters. Type it anew.",
    ),
    "department_unknown": _(
        "department_unknown",
        default="There is no department “${value}”.",
    ),
    "value_missing": _(
        "value_missing",
        default="“${column}” must be filled in; the list is left as it is.",
    ),
    "wrong_type": _(
        "wrong_type",
        default="The value is not of this element's kind (${kind}).",
    ),
    "field_unknown": _(
        "field_unknown",
        default="“${name}” is unknown and was not read.",
    ),
    "file_missing": _(
        "file_missing",
        default="“${name}” is not in the package.",
    ),
    "file_checksum": _(
        "file_checksum",
        default="“${name}” is not the file that the document tells: size or "
        "checksum differ.",
    ),
    "file_too_large": _(
        "file_too_large",
        default="“${name}” is too large to be read.",
    ),
}
JUDGE = Judge(lambda context, values: (), MESSAGES)

__all__ = ["JUDGE", "MESSAGES", "sentence"]
