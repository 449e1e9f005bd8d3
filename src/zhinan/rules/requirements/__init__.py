"""Requirements on guides: one set for form, preview, publishing, import and the night.

``table`` reads what is required, with severity, weight and basis; the modules beside it
hold one plain function a requirement over plain values (``facts``); ``checking`` runs
them for an occasion; ``scoring`` counts. Nothing here knows Plone.
"""

from .checking import check_guide
from .checking import check_version
from .checking import guide_problems
from .checking import material_problems
from .checking import version_problems
from .facts import Facts
from .facts import FileFacts
from .facts import Finding
from .facts import FormFacts
from .facts import MaterialFacts
from .facts import Place
from .table import GROUPS
from .table import Occasion
from .table import Options
from .table import Requirement
from .table import requirements
from .table import Severity


__all__ = [
    "GROUPS",
    "Facts",
    "FileFacts",
    "Finding",
    "FormFacts",
    "MaterialFacts",
    "Occasion",
    "Options",
    "Place",
    "Requirement",
    "Severity",
    "check_guide",
    "check_version",
    "guide_problems",
    "material_problems",
    "requirements",
    "version_problems",
]
