"""What rooms above tell the departments about rights."""

from zope.interface import Interface


class IHindrance(Interface):
    """Something beside the matrix that keeps a person from using a right: a utility.

    It grants nothing and takes nothing away here; it is said to whoever asks why
    something does not go.
    """

    def sentences(obj, user_id, right):
        """Messages to people about this object, person and right; empty if none."""


class IApplicant(Interface):
    """Adapts content that belongs to somebody's application."""

    def people():
        """Ids of the people who read what is for the applicant."""
