"""No content class has an attribute of Python's where Zope keeps an object's notes."""

from plone.dexterity.interfaces import IDexterityFTI
from plone.dexterity.utils import resolveDottedName
from zope.component import getUtilitiesFor


def test_no_class_of_ours_has_annotations(integration):
    """Protects: a lock or any other note of one object is not one of all of its class.

    ``zope.annotation`` takes ``__annotations__`` of an object, and an attribute of a
    class that has a type beside its name makes a dictionary of this name.
    """
    ours = {
        name: resolveDottedName(fti.klass)
        for name, fti in getUtilitiesFor(IDexterityFTI)
        if fti.klass.startswith("zhinan.")
    }
    assert len(ours) > 10
    # Looked up in the dictionaries: asking a class for it would make one.
    assert [
        (name, base.__name__)
        for name, cls in ours.items()
        for base in cls.__mro__
        if "__annotations__" in vars(base)
    ] == []
