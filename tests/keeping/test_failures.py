"""One view for errors of the disk; every other error is answered as before."""

from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import SITE_OWNER_PASSWORD
from Products.Five.browser import BrowserView
from rest.client import Client
from zhinan.jobs.disk import disk_failure
from ZODB.FileStorage.FileStorage import FileStorageQuotaError
from ZODB.POSException import ConflictError
from ZODB.POSException import POSKeyError
from ZODB.POSException import ReadOnlyError
from ZODB.POSException import StorageError
from zope.interface import Interface

import errno
import pytest


@pytest.mark.parametrize(
    ["error", "kind"],
    [
        (OSError(errno.ENOSPC, "full"), "full"),
        (OSError(errno.EDQUOT, "quota"), "full"),
        (OSError(errno.EFBIG, "large"), "full"),
        (OSError(errno.EROFS, "read"), "read-only"),
        (ReadOnlyError(), "read-only"),
        (FileStorageQuotaError("quota"), "full"),
        (FileNotFoundError(errno.ENOENT, "gone"), ""),
        (ConnectionResetError(errno.ECONNRESET, "reset"), ""),
        (OSError("without a number"), ""),
        (StorageError("else"), ""),
        (ConflictError("conflict"), ""),
        (POSKeyError(b"\0" * 8), ""),
        (ValueError("28"), ""),
        (None, ""),
    ],
)
def test_what_is_a_failure_of_the_disk(error, kind):
    """Space and writing; nothing else."""
    assert disk_failure(error) == kind


class Raising(BrowserView):
    """Fails as it is told."""

    error: Exception = ValueError()

    def __call__(self):
        raise self.error


@pytest.fixture
def failing(functional):
    """Answers of a page that fails with an error."""
    from zope.component import getGlobalSiteManager

    manager = getGlobalSiteManager()
    login = (SITE_OWNER_NAME, SITE_OWNER_PASSWORD)
    wanted = (Interface, Interface)

    with Client(functional["portal"].absolute_url(), login) as client:

        def ask(error, accept):
            Raising.error = error
            return client.get("@@raising", headers={"Accept": accept})

        manager.registerAdapter(Raising, wanted, Interface, "raising")
        yield ask
        manager.unregisterAdapter(Raising, wanted, Interface, "raising")


def test_a_page_for_people(failing):
    """503 and Chinese, with whom to tell."""
    answer = failing(OSError(errno.ENOSPC, "No space"), "text/html")
    answer.encoding = "utf-8"
    assert answer.status_code == 503 and "磁盘空间不足" in answer.text
    assert "No space" not in answer.text
    answer = failing(ReadOnlyError(), "text/html")
    answer.encoding = "utf-8"
    assert answer.status_code == 503 and "只能读取" in answer.text


def test_data_for_programs(failing):
    """503 and the kind of error."""
    answer = failing(OSError(errno.ENOSPC, "No space"), "application/json")
    assert answer.status_code == 503
    assert answer.json()["error"]["type"] == "DiskFull"
    assert answer.json()["message"].endswith("。")


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize(
    "error", [FileNotFoundError(errno.ENOENT, "gone"), StorageError("else")]
)
def test_other_errors_are_answered_as_before(failing, error, accept):
    """500, and not our page."""
    answer = failing(error, accept)
    answer.encoding = "utf-8"
    assert answer.status_code == 500
    assert "磁盘" not in answer.text
