"""QR codes as SVG that stands in a page, without a request and without a picture."""

from xml.sax.saxutils import escape
from xml.sax.saxutils import quoteattr

import segno


QUIET_ZONE = 4  # modules; ISO/IEC 18004 asks for four


def qr_svg(text: str, title: str, *, prefix: str = "qr", size: int = 132) -> str:
    """An SVG with the QR code of this text (error correction M).

    ``title`` is what a screen reader says; ``prefix`` makes the id unique on the page;
    ``size`` is the width and height in CSS pixels. ValueError if the text is too long.
    """
    try:
        code = segno.make(text, error="m", micro=False, boost_error=False)
    except segno.DataOverflowError as error:
        raise ValueError(str(error)) from error
    path = []
    for y, line in enumerate(code.matrix):
        x = 0
        while x < len(line):
            width = 0
            while x + width < len(line) and line[x + width]:
                width += 1
            if width:
                path.append(f"M{x + QUIET_ZONE} {y + QUIET_ZONE}h{width}v1h-{width}z")
            x += width or 1
    side = len(code.matrix) + 2 * QUIET_ZONE
    name = quoteattr(f"{prefix}-title")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" '
        f'width="{size}" height="{size}" role="img" aria-labelledby={name} '
        f'shape-rendering="crispEdges"><title id={name}>{escape(title)}</title>'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path fill="#000" d="{"".join(path)}"/></svg>'
    )
