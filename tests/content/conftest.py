"""The hand-written sources of the demonstration content are no package of the product:
their folder goes on the path here."""

from pathlib import Path

import sys


SOURCES = Path(__file__).parents[2] / "content" / "sources"

if str(SOURCES) not in sys.path:
    sys.path.insert(0, str(SOURCES))
