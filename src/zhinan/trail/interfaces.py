"""What the trail asks of the rooms above it, and what it looks at."""

from zope.interface import Attribute
from zope.interface import Interface


class ITracked(Interface):
    """Content of which every act is written into the trail."""


class ICapacity(Interface):
    """In which function a person acts: a utility of the departments."""

    def capacity(obj, user_id):
        """The function in which this person acts on this object.

        :returns: such as ``fgw:editor`` (own department first), ``supervision``, or an
            empty text if the person acts in none.
        """


class ITrailFields(Interface):
    """What of an object the trail watches: an adapter."""

    uid = Attribute("UID that names the chain")

    def fields():
        """Mapping of a field's name to its value as plain JSON values."""
