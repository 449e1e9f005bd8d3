"""What a format gives to be imported."""

from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import dataclass
from zhinan.rules.records import Record
from zhinan.rules.records import SourceFile
from zope.interface import Attribute
from zope.interface import Interface


@dataclass
class OpenSource:
    """A source that is being read; it stays open as long as its files are wanted."""

    records: Iterable[Record]
    #: the bytes of a file of a record; None where the format has no files
    open_file: Callable[[SourceFile], bytes] | None = None


class IRecordSource(Interface):
    """A format that can be imported: a utility, named by the format."""

    title = Attribute("What people call it, a Message")
    mapped = Attribute("Whether it needs a mapping table")
    spreadsheet = Attribute("Whether it is a workbook whose cells can be marked")

    def open(path, mapping):
        """Read a file.

        :param path: ``pathlib.Path`` of the file.
        :param mapping: ``SourceMapping`` or None.
        :returns: an ``OpenSource``.
        :raises zhinan.rules.records.SourceRefused: if it cannot be read at all.
        """
