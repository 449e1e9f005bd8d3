"""What every Word document of ours shares: page, styles, XML parts, stable bytes."""

from .package import pack
from .words import words
from collections.abc import Iterable
from docx import Document
from docx.document import Document as DocumentObject
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.oxml.ns import qn
from docx.shared import Mm
from functools import cache
from importlib.resources import files
from io import BytesIO
from lxml import etree
from typing import Any
from xml.sax.saxutils import escape
from xml.sax.saxutils import quoteattr

import datetime
import re
import zipfile


TEXT_WIDTH = 9638  # twentieths of a point: 210 mm less two margins of 20 mm
#: Parts of the library's template that no document of ours uses; the first is 438 KB.
_UNUSED = frozenset(
    {
        "/word/stylesWithEffects.xml",
        "/word/numbering.xml",
        "/word/webSettings.xml",
        "/docProps/thumbnail.jpeg",
        "/customXml/item1.xml",
    }
)
#: Parts of the template that ours stand in for.
_REPLACED = {RT.FONT_TABLE: "fonts.xml", RT.EXTENDED_PROPERTIES: "app.xml"}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def clean(text: str) -> str:
    """Text without the characters that XML 1.0 cannot hold."""
    return _CONTROL.sub("", text)


def run(text: str, style: str = "", properties: str = "") -> str:
    """A run; line feeds become line breaks and tabs become tabs."""
    inner = f'<w:rStyle w:val="{style}"/>' if style else ""
    inner += properties
    parts = []
    for number, line in enumerate(clean(text).split("\n")):
        if number:
            parts.append("<w:br/>")
        for index, piece in enumerate(line.split("\t")):
            if index:
                parts.append("<w:tab/>")
            if piece:
                parts.append(f'<w:t xml:space="preserve">{escape(piece)}</w:t>')
    return f"<w:r>{f'<w:rPr>{inner}</w:rPr>' if inner else ''}{''.join(parts)}</w:r>"


def paragraph(inner: str, style: str, properties: str = "") -> str:
    """A paragraph in a named style; ``inner`` is XML made with :func:`run`."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{inner}</w:p>'


def number_field(instruction: str) -> str:
    """A field that the word processor computes, such as PAGE."""
    return f'<w:fldSimple w:instr=" {instruction} ">{run("1")}</w:fldSimple>'


def page_numbers() -> str:
    """Runs that say which page this is, and of how many."""
    before, between, after = words("form")["page"]
    return (
        run(before)
        + number_field("PAGE")
        + run(between)
        + number_field("NUMPAGES")
        + run(after)
    )


def cell(width: int, paragraphs: str, *, span: int = 1, shade: bool = False) -> str:
    """A table cell; ``width`` in twentieths of a point."""
    properties = f'<w:tcW w:w="{width}" w:type="dxa"/>'
    if span > 1:
        properties += f'<w:gridSpan w:val="{span}"/>'
    if shade:
        properties += '<w:shd w:val="clear" w:color="auto" w:fill="EDF1F6"/>'
    properties += '<w:vAlign w:val="center"/>'
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraphs}</w:tc>"


def row(cells: Iterable[str], height: int, *, header: bool = False) -> str:
    """A table row of at least this height, never broken between pages."""
    properties = f'<w:cantSplit/><w:trHeight w:val="{height}" w:hRule="atLeast"/>' + (
        "<w:tblHeader/>" if header else ""
    )
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


_OUTER = frozenset({"top", "left", "bottom", "right"})
CELL_MARGIN = 85  # 1.5 mm at the left and the right of each cell
# In each table once more: LibreOffice does not read them from the default style.
_MARGINS = "".join(
    f'<w:{side} w:w="{28 if side in {"top", "bottom"} else CELL_MARGIN}" w:type="dxa"/>'
    for side in ("top", "left", "bottom", "right")
)


def table(widths: Iterable[int], rows: Iterable[str], description: str) -> str:
    """A bordered table over the whole text width; the description is for readers."""
    columns = list(widths)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="{8 if side in _OUTER else 4}" w:space="0" '
        'w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(columns)}" w:type="dxa"/>'
        f'<w:jc w:val="center"/><w:tblBorders>{edges}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{_MARGINS}</w:tblCellMar>'
        f"<w:tblCaption w:val={quoteattr(clean(description))}/></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


# The word art that Word itself makes for "watermark"; LibreOffice knows it by the name
# of the shape and repeats it on every page with the header.
_WATERMARK = """
<w:r {ns} xmlns:v="urn:schemas-microsoft-com:vml"
 xmlns:o="urn:schemas-microsoft-com:office:office"><w:rPr><w:noProof/></w:rPr><w:pict>
<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800"
 path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/>
<v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>
<v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/>
<v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/><v:f eqn="mid @5 @6"/>
<v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/>
<v:f eqn="sum @6 0 @5"/></v:formulas><v:path textpathok="t" o:connecttype="custom"
 o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" o:connectangles="270,180,90,0"/>
<v:textpath on="t" fitshape="t"/><v:handles><v:h position="#0,bottomRight"
 xrange="6629,14971"/></v:handles><o:lock v:ext="edit" text="t" shapetype="t"/>
</v:shapetype><v:shape id="PowerPlusWaterMarkObject1" o:spid="_x0000_s2049"
 type="#_x0000_t136" alt={text} style="position:absolute;margin-left:0;margin-top:0;
width:400pt;height:190pt;rotation:315;z-index:-251658752;
mso-position-horizontal:center;mso-position-horizontal-relative:margin;
mso-position-vertical:center;mso-position-vertical-relative:margin" o:allowincell="f"
 fillcolor="#d92d20" stroked="f"><v:fill opacity="7864f"/><v:textpath
 style="font-family:&quot;{font}&quot;;font-size:1pt" string={text}/></v:shape>
</w:pict></w:r>
"""


def watermark(text: str) -> str:
    """A run that draws the text across the page; it belongs in a header."""
    font = words("fonts")["hei"]
    xml = _WATERMARK.format(ns=nsdecls("w"), text=quoteattr(clean(text)), font=font)
    # The style of the shape was wrapped for reading; a line feed would end it early.
    return re.sub(r";\n", ";", xml.strip())


def append(parent: Any, xml: str) -> None:
    """Add elements to a body, header or footer, before a section's properties."""
    holder = parse_xml(f"<w:body {nsdecls('w')}>{xml}</w:body>")
    last = parent[-1] if len(parent) and parent[-1].tag.endswith("}sectPr") else None
    for element in list(holder):
        if last is None:
            parent.append(element)
        else:
            last.addprevious(element)


@cache
def _data(name: str) -> bytes:
    return (files(__package__) / "data" / name).read_bytes()


@cache
def _template() -> bytes:
    """The library's empty document with our page and styles, made once."""
    document = Document()
    part = document.part
    for owner in (part.package, part):
        for key, relation in list(owner.rels.items()):
            if not relation.is_external and relation.target_part.partname in _UNUSED:
                owner.rels.pop(key)
    styles = document.styles.element
    for child in list(styles):
        styles.remove(child)
    # Comments would become part of the document; the parser leaves them out.
    parser = etree.XMLParser(remove_comments=True, remove_blank_text=True)
    ours = etree.fromstring(_data("styles.xml"), parser)
    for child in parse_xml(etree.tostring(ours)):
        styles.append(child)
    for owner in (part.package, part):
        for relation in owner.rels.values():
            if data := _REPLACED.get(relation.reltype):
                relation.target_part._blob = _data(data)
    settings = document.settings.element
    for child in settings.findall(qn("w:themeFontLang")):
        child.set(qn("w:eastAsia"), "zh-CN")
    for child in settings.iter(qn("w:compatSetting")):
        # With an older mode Word says "compatibility mode" in its title bar.
        if child.get(qn("w:name")) == "compatibilityMode":
            child.set(qn("w:val"), "15")
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin, section.bottom_margin = Mm(22), Mm(18)
    section.header_distance, section.footer_distance = Mm(12), Mm(10)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def new_document() -> DocumentObject:
    """An empty A4 document with our styles and margins."""
    document = Document(BytesIO(_template()))
    section = document.sections[0]
    # The library puts an empty paragraph into a new header and footer.
    for block in (section.header, section.footer):
        for child in list(block._element):
            block._element.remove(child)
    return document


def save(
    document: DocumentObject,
    *,
    title: str,
    author: str,
    subject: str = "",
    keywords: str = "",
    day: datetime.date,
) -> bytes:
    """The document as bytes: the same content gives the same bytes.

    ``day`` becomes the date of creation and change, and the time of the archive's
    members, so that building again changes nothing.
    """
    core = document.core_properties
    moment = datetime.datetime(day.year, day.month, day.day, 9)
    core.title, core.author, core.last_modified_by = title, author, author
    core.subject, core.keywords, core.comments = subject, keywords, ""
    core.language, core.revision = "zh-CN", 1
    core.created = core.modified = moment
    buffer = BytesIO()
    document.save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        # The order that the library writes is kept: [Content_Types].xml comes first.
        members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    return pack(members, moment)
