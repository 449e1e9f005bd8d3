"""What a room says of content whose publication is counted in revisions."""

from zope.interface import Attribute
from zope.interface import Interface


class IRevised(Interface):
    """Marks content of which each state that the public read has a number.

    What lies inside it (a material, a form) belongs to it.
    """


class IPublicContent(Interface):
    """Adapts an ``IRevised``: what the public reads of it, and how it is identified."""

    title = Attribute("Its name")
    department = Attribute("Code of the owner department, or an empty text")
    codes = Attribute("Mapping of a code's name to the code; empty ones left out")

    def content():
        """Everything that the public reads, as plain values for canonical JSON."""


class IEditioned(Interface):
    """Marks content that reaches the public in editions, as a whole with its parts."""


class IEditionContent(Interface):
    """Adapts an ``IEditioned``: everything that an edition of it freezes."""

    def content():
        """All of it as plain values for canonical JSON, with checksums of its files."""

    def blobs():
        """Mapping of a file's SHA-256 to its blob in the database."""

    def public(content):
        """Of such a content, what the public reads."""


class IWorkingCopy(Interface):
    """Marks a working copy of something that is online; it is never public itself."""


class IOriginal(Interface):
    """Adapts an ``IWorkingCopy``: where it comes from, and the way back."""

    original = Attribute("What it is a copy of, or None if that is gone")

    def merge(comment):
        """Merge the copy into the original, as the program; the copy is gone then.

        :returns: the original.
        :raises zhinan.publishing.transitions.Refused: if that cannot be.
        """


class IObstacles(Interface):
    """A subscription adapter of content: what speaks against a transition."""

    def reasons(transition, values):
        """Reasons (``transitions.Reason``) against it; empty where nothing does.

        :param transition: id of the transition.
        :param values: its parameters.
        """


class IScheduleFailed(Interface):
    """Something was not published, or not withdrawn, at its time."""

    object = Attribute("The guide or its working copy")
    step = Attribute("The transition: ``publish_scheduled`` or ``expire``")
    due = Attribute("When it was due")
    reason = Attribute("Why, as people read it")
    by = Attribute("Id of who scheduled it, or an empty text")
