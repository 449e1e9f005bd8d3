"""What the keeper of a site may set about requirements; defaults are labelled so."""

from plone import api
from plone.registry.interfaces import IRegistry
from typing import Any
from zhinan import _
from zhinan.rules.requirements import Options
from zhinan.rules.requirements import requirements
from zhinan.trail.acts import record
from zope import schema
from zope.component import queryUtility
from zope.interface import Interface


#: Said of each default that no authority has set.
UNOFFICIAL = _("Default weights and thresholds, not officially confirmed.")
#: The act in the trail.
ACT = "requirements.settings"


class IRequirementSettings(Interface):
    """Which requirements are asked, what they weigh, and how the nightly check runs."""

    off = schema.List(
        title=_("Requirements that are not asked for"),
        description=_("Ids of the table; all others are asked for."),
        value_type=schema.TextLine(),
        required=False,
        default=[],
        missing_value=[],
    )
    on = schema.List(
        title=_("Requirements that are asked for although they usually are not"),
        value_type=schema.TextLine(),
        required=False,
        default=[],
        missing_value=[],
    )
    weights = schema.Dict(
        title=_("Weights that differ from the default"),
        description=_(
            "Points off the score. The default weights are not officially confirmed."
        ),
        key_type=schema.TextLine(),
        value_type=schema.Float(min=0.0, max=100.0),
        required=False,
        default={},
        missing_value={},
    )
    limits = schema.Dict(
        title=_("Thresholds that differ from the default"),
        description=_("The default thresholds are not officially confirmed."),
        key_type=schema.TextLine(),
        value_type=schema.Int(min=0, max=1000),
        required=False,
        default={},
        missing_value={},
    )
    nightly = schema.Bool(
        title=_("Look at all published guides every night"),
        required=False,
        default=True,
    )
    nightly_hour = schema.Int(
        title=_("Hour at which the nightly check begins"),
        description=_("0 to 23, in the city's time. Default threshold, not official."),
        min=0,
        max=23,
        default=2,
    )
    links = schema.Bool(
        title=_("Try links to other hosts"),
        description=_("Each address is asked once a night. Needs a way to the net."),
        required=False,
        default=True,
    )
    link_hosts = schema.Int(
        title=_("Most hosts that are asked in one night"),
        description=_("Default threshold, not official."),
        min=1,
        max=5000,
        default=200,
    )
    link_seconds = schema.Int(
        title=_("Seconds that a link may take"),
        description=_("Default threshold, not official."),
        min=1,
        max=60,
        default=15,
    )
    link_private = schema.Bool(
        title=_("Also ask addresses of internal networks"),
        description=_(
            "Only where the whole site stands in an internal network. Off: whoever "
            "writes a guide cannot make this server ask machines that the public "
            "cannot reach, and such a link is a finding."
        ),
        required=False,
        default=False,
    )


def setting(name: str) -> Any:
    """The value of this site; the default where there is none."""
    field = IRequirementSettings[name]
    registry = queryUtility(IRegistry)
    value = None
    if registry is not None:
        value = registry.get(f"{IRequirementSettings.__identifier__}.{name}")
    return field.default if value is None else value


def options() -> Options:
    """What is set, for the checks."""
    return Options(
        on={
            **dict.fromkeys(setting("off"), False),
            **dict.fromkeys(setting("on"), True),
        },
        weights=dict(setting("weights")),
        limits=dict(setting("limits")),
    )


def change(values: dict[str, Any]) -> list[str]:
    """Set what differs; the names of what was changed.

    :param values: by field of the settings; validated here.
    :raises zope.schema.ValidationError: if a value cannot be; nothing is set then.
    """
    for name, value in values.items():
        IRequirementSettings[name].validate(value)
    changed = [name for name, value in values.items() if value != setting(name)]
    for name in changed:
        api.portal.set_registry_record(name, values[name], IRequirementSettings)
    if changed:
        record(None, ACT, uid="site", after=", ".join(sorted(changed)))
    return changed


def wanted(
    asked: set[str], weights: dict[str, float], limits: dict[str, int]
) -> dict[str, Any]:
    """The values of the settings that say this and nothing that the table says.

    What equals the default is not kept: a better default of a later release counts.
    """
    table = requirements()
    defaults = {
        f"{row.id}.{name}": int(value)
        for row in table.values()
        for name, value in row.limits.items()
    }
    return {
        "off": [row.id for row in table.values() if row.on and row.id not in asked],
        "on": [row.id for row in table.values() if not row.on and row.id in asked],
        "weights": {
            name: weight
            for name, weight in weights.items()
            if name in table and weight != table[name].weight
        },
        "limits": {
            name: limit
            for name, limit in limits.items()
            if name in defaults and limit != defaults[name]
        },
    }


def install() -> None:
    """The records of the settings on an existing site; what is set stays."""
    queryUtility(IRegistry).registerInterface(IRequirementSettings)
