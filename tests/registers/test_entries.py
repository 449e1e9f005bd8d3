"""Entries of all registers: refused, found, read from the catalogue alone."""

from .conftest import create
from .conftest import FOLDERS
from .conftest import VALUES
from plone import api
from plone.base.interfaces.constrains import ISelectableConstrainTypes
from Products.CMFCore.indexing import processQueue
from zhinan.forms import validation
from zhinan.registers import directory
from zhinan.registers import listing
from zhinan.registers.entries import RegisterEntry
from zhinan.registers.entries import REGISTERS
from zhinan.registers.entries import TYPES
from zhinan.rules.registers import registers
from zhinan.search.splitter import query
from zope.i18n import translate

import datetime
import pytest
import transaction


def problems(portal, portal_type, **values):
    """Ids of what is wrong with a new entry, by field."""
    folder = portal["registers"][FOLDERS[portal_type]]
    found = validation.problems(portal_type, folder, {**VALUES[portal_type], **values})
    return {problem.field: problem.id for problem in found}


@pytest.mark.parametrize("portal_type", sorted(VALUES))
def test_an_entry_is_created_found_and_known(site, portal_type):
    """For every register the same: full text, row, key, directory."""
    entry = create(site, portal_type)
    name = REGISTERS[portal_type]
    catalog = api.portal.get_tool("portal_catalog")
    found = catalog.unrestrictedSearchResults(
        portal_type=portal_type, SearchableText=query(entry.title)
    )
    assert [brain.UID for brain in found] == [entry.UID()]
    (known,) = directory.current(name)
    assert known.title == entry.title
    assert known.values["title"] == entry.title
    head, rows = listing.registers_table(name, [known], translate)
    assert len(head) == len(rows[0])
    assert entry.title in rows[0]


@pytest.mark.parametrize("portal_type", sorted(VALUES))
def test_the_same_entry_twice_is_refused(site, portal_type):
    """The key of its register tells an entry from the others."""
    assert problems(site, portal_type) == {}
    entry = create(site, portal_type)
    key = registers()[REGISTERS[portal_type]].key[0]
    assert problems(site, portal_type) == {key: "register_entry_taken"}
    # The entry itself may be saved again, and another one may stand beside it.
    assert validation.problems(portal_type, entry, VALUES[portal_type]) == []
    assert problems(site, portal_type, **{key: "620199002000"}) == {}


@pytest.mark.parametrize(
    ("portal_type", "values", "field", "problem"),
    [
        (
            "LegalBasis",
            {
                "in_force_from": datetime.date(2026, 2, 1),
                "in_force_until": datetime.date(2026, 1, 31),
            },
            "in_force_until",
            "end_before_start",
        ),
        (
            "ApprovalSeal",
            {"valid_until": datetime.date(2025, 12, 31)},
            "valid_until",
            "end_before_start",
        ),
        (
            "Authorisation",
            {"revoked_on": datetime.date(2025, 12, 31)},
            "revoked_on",
            "end_before_start",
        ),
        ("Authorisation", {"matter_codes": ["62"]}, "matter_codes", "matter_code"),
        (
            "LegalBasis",
            {"document_number": "十号"},
            "document_number",
            "basis_number_form",
        ),
        ("CatalogueEntry", {"catalog_code": "1"}, "catalog_code", "catalog_length"),
        ("CatalogueEntry", {"matter_type": "07"}, "catalog_code", "catalog_type"),
        ("CatalogueEntry", {"parent_code": "1"}, "parent_code", "catalog_length"),
    ],
)
def test_what_contradicts_itself_is_refused(site, portal_type, values, field, problem):
    """Each with a sentence in Chinese."""
    assert problems(site, portal_type, **values)[field] == problem
    folder = site["registers"][FOLDERS[portal_type]]
    for found in validation.problems(
        portal_type, folder, {**VALUES[portal_type], **values}
    ):
        assert translate(validation.sentence(found), target_language="zh_CN")


def test_a_number_is_kept_in_its_normal_form(site):
    """New or changed."""
    entry = create(site, "LegalBasis", document_number="甘政办发[2019]010号")
    assert entry.document_number == "甘政办发〔2019〕10号"
    assert problems(site, "LegalBasis", document_number="甘政办发（2019）10号") == {
        "title": "register_entry_taken"
    }


def test_drafts_do_not_count(site):
    """Only what is published, or in force in an internal register, counts."""
    for portal_type, name in REGISTERS.items():
        entry = create(site, portal_type, current=False)
        assert [known.uid for known in directory.entries(name)] == [entry.UID()]
        assert directory.current(name) == ()


def test_the_directory_follows_the_changes_of_a_request(site):
    """Added, changed, published, taken back, deleted."""
    assert directory.entries("cancelled_proof") == ()
    entry = create(site, "CancelledProof", current=False)
    assert len(directory.entries("cancelled_proof")) == 1
    api.content.transition(entry, to_state="published")
    assert len(directory.current("cancelled_proof")) == 1
    api.content.transition(entry, transition="withdraw")
    assert directory.current("cancelled_proof") == ()
    api.content.delete(entry)
    assert directory.entries("cancelled_proof") == ()


def test_no_list_wakes_an_entry(site, monkeypatch):
    """Directory and table come from the catalogue."""
    create(site, "LegalBasis", articles=[{"article": "第一条", "status": "repealed"}])
    processQueue()
    transaction.savepoint()
    site._p_jar.cacheMinimize()
    woken = []
    normal = RegisterEntry.__setstate__

    def wake(self, state):
        woken.append(self)
        normal(self, state)

    monkeypatch.setattr(RegisterEntry, "__setstate__", wake)
    (entry,) = directory.current("legal_basis")
    assert entry.values["articles"] == [{"article": "第一条", "status": "repealed"}]
    assert listing.registers_table("legal_basis", [entry], translate)[1]
    assert woken == []


def test_every_register_has_its_folder_and_type(site):
    """The folder takes this type alone."""
    for name, portal_type in TYPES.items():
        folder = site["registers"][listing.folder_id(name)]
        assert listing.register_of(folder).name == name
        constraints = ISelectableConstrainTypes(folder)
        assert constraints.getLocallyAllowedTypes() == [portal_type]
        state = api.content.get_state(folder)
        assert (state == "published") == registers()[name].public


@pytest.mark.parametrize("portal_type", sorted(VALUES))
def test_an_empty_element_is_empty(site, portal_type):
    """No attribute of a base class shines through."""
    entry = create(site, portal_type)
    for element in registers()[REGISTERS[portal_type]].elements:
        if element.name not in VALUES[portal_type]:
            assert getattr(entry, element.name) is None, element.name
