"""Files of forms: there, what they claim to be, and a sample that is filled in."""

from .facts import Asked
from .facts import Fault
from .facts import fault
from .facts import FileFacts
from .facts import form
from .facts import FormFacts
from .facts import material
from .facts import MaterialFacts
from collections.abc import Iterator

import re


#: Files that a form may be: editable office formats and PDF.
FORM_KINDS = frozenset({"docx", "xlsx", "pdf", "doc"})
#: Endings that name each kind of content.
ENDINGS = {
    "docx": ("docx",),
    "xlsx": ("xlsx",),
    "pptx": ("pptx",),
    "pdf": ("pdf",),
    "ofd": ("ofd",),
    "doc": ("doc",),
    "png": ("png",),
    "jpeg": ("jpg", "jpeg"),
}
_BROKEN = frozenset({"broken", "encrypted", "empty"})
#: Names of materials that are forms to be filled in by the applicant.
_FORM_NAME = re.compile(r"(申请表|申请书|登记表|申报表|备案表|承诺书|报名表)$")
_OWN = "20"


def _files(found: FormFacts) -> Iterator[tuple[str, FileFacts]]:
    for name, file in found.files.items():
        if not file.gone:
            yield name, file


@form("file_missing")
def gone(found: FormFacts, asked: Asked) -> Iterator[Fault]:
    """The bytes are there."""
    for name, file in found.files.items():
        if file.gone:
            yield fault(name, "file_gone", name=file.filename)


@form("form_file")
def kinds(found: FormFacts, asked: Asked) -> Iterator[Fault]:
    """A form is a Word, Excel or PDF file by its content."""
    for name, file in _files(found):
        if file.kind and file.kind not in FORM_KINDS:
            yield fault(name, "form_file_kind", name=file.filename)


@form("file_opens")
def opens(found: FormFacts, asked: Asked) -> Iterator[Fault]:
    """A form is neither broken nor locked."""
    for name, file in _files(found):
        if file.state in _BROKEN:
            yield fault(name, "file_broken", name=file.filename)


@form("file_extension")
def extension(found: FormFacts, asked: Asked) -> Iterator[Fault]:
    """The name ends as the content is."""
    for name, file in _files(found):
        endings = ENDINGS.get(file.kind)
        ending = file.filename.rpartition(".")[2].lower()
        if endings is not None and ending not in endings:
            yield fault(name, "file_name_wrong", name=file.filename, kind=file.kind)


@form("sample_is_blank")
def is_blank(found: FormFacts, asked: Asked) -> Iterator[Fault]:
    """The sample is another file than the blank form."""
    blank, sample = (found.files.get(x) for x in ("blank_form", "filled_sample"))
    if blank and sample and blank.sha256 and blank.sha256 == sample.sha256:
        yield fault("filled_sample", "sample_is_blank")


@form("sample_same_text")
def same_text(found: FormFacts, asked: Asked) -> Iterator[Fault]:
    """The sample has other words than the blank form."""
    blank, sample = (found.files.get(x) for x in ("blank_form", "filled_sample"))
    if not blank or not sample or blank.sha256 == sample.sha256:
        return
    if blank.words and blank.words == sample.words:
        yield fault("filled_sample", "sample_text_same", name=sample.filename)


def _current(found: MaterialFacts) -> FormFacts | None:
    return next((one for one in found.forms or () if one.current), None)


@material("form_missing")
def form_missing(found: MaterialFacts, asked: Asked) -> Iterator[Fault]:
    """What the applicant fills in is given blank."""
    title = found.values.get("title") or ""
    if found.forms is None or found.values.get("source") not in {None, "", _OWN}:
        return
    if _FORM_NAME.search(title) and _current(found) is None:
        yield fault("forms", "form_not_given", title=title)


@material("sample_missing")
def sample_missing(found: MaterialFacts, asked: Asked) -> Iterator[Fault]:
    """The version in force has a filled sample beside the blank form."""
    one = _current(found)
    if one is None or "blank_form" not in one.files or "filled_sample" in one.files:
        return
    title = found.values.get("title") or found.id
    yield fault("forms", "sample_not_given", title=title)
