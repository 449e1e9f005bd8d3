"""What the trail asks of the rooms above it, and what it looks at."""

from zope.interface import Attribute
from zope.interface import Interface


class ITracked(Interface):
    """Content of which every act is written into the trail."""


class ICapacity(Interface):
    """In which function a person acts: a utility of the departments."""

    def capacity(obj, user_id):
        """The function in which this person acts on this object.

        :param obj: the object, or None for acts on the site as a whole.
        :returns: such as ``fgw:editor`` (own department first), ``supervision``, or an
            empty text if the person acts in none.
        """


class ITrailFields(Interface):
    """What of an object the trail watches: an adapter."""

    uid = Attribute("UID that names the chain")
    title = Attribute("Title that an entry may name; empty where it tells of a person")
    department = Attribute("Code of the department that it belongs to, or empty")

    def fields():
        """Mapping of a field's name to its value as plain JSON values.

        What is empty is left out.
        """

    def former():
        """The same of the state that was committed last, or an empty mapping."""


class IActHappened(Interface):
    """An act was written into the trail, in the transaction that runs."""

    object = Attribute("The object, or None")
    entry = Attribute("The entry")
