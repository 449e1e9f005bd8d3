"""Seals and authorisations: what is refused, how they stand, each use written once."""

from .conftest import create
from .conftest import FOLDERS
from .conftest import VALUES
from dataclasses import FrozenInstanceError
from datetime import date
from plone import api
from plone.app.testing import login
from plone.app.testing import setRoles
from plone.app.testing import TEST_USER_ID
from plone.app.testing import TEST_USER_NAME
from plone.namedfile import NamedBlobFile
from zExceptions import Unauthorized
from zhinan.forms import validation
from zhinan.registers import authorisations
from zhinan.registers import directory
from zhinan.registers import seals
from zhinan.registers.settings import expiring_days
from zhinan.registers.settings import IRegisterSettings
from zhinan.testing import act_as
from zope.annotation.interfaces import IAnnotations
from zope.i18n import translate

import pytest


DAY = date(2026, 6, 1)
CODE = "620199001000"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
USE = {
    "day": "2026-05-04",
    "matter": "示例件〔2026〕1号",
    "impressions": "2",
    "note": "",
}


@pytest.fixture(autouse=True)
def day(monkeypatch):
    """The tests' today."""
    monkeypatch.setattr(authorisations, "today", lambda: DAY)
    monkeypatch.setattr(seals, "today", lambda: DAY)


def problems(site, portal_type, **values):
    """Ids of what is wrong with a new entry, by field."""
    folder = site["registers"][FOLDERS[portal_type]]
    found = validation.problems(portal_type, folder, {**VALUES[portal_type], **values})
    assert all(validation.sentence(problem) for problem in found)
    return {problem.field: problem.id for problem in found}


@pytest.mark.parametrize(
    ("values", "field", "problem"),
    [
        ({"valid_until": date(2025, 12, 31)}, "valid_until", "end_before_start"),
        ({"revoked_on": date(2025, 12, 31)}, "revoked_on", "end_before_start"),
        ({"window": "  "}, "window", "window_missing"),
        ({"matter_codes": ["62"]}, "matter_codes", "matter_code"),
        ({"seal_number": "SL-9"}, "seal_number", "seal_unknown"),
        ({"seal_number": "SL-1", "department": "b"}, "seal_number", "seal_department"),
        ({"seal_number": "SL-1"}, "seal_number", "seal_period"),
        (
            {"seal_number": "SL-1", "valid_until": date(2026, 12, 31)},
            "seal_number",
            "seal_period",
        ),
    ],
)
def test_what_an_authorisation_refuses(site, values, field, problem):
    """Dates, window, codes, seal and file."""
    create(site, "ApprovalSeal", valid_until=date(2026, 11, 30))
    assert problems(site, "Authorisation", **values)[field] == problem


def test_what_it_takes(site):
    """A seal of its department during the whole time; an unknown code is a hint."""
    create(site, "ApprovalSeal", valid_until=date(2026, 11, 30))
    values = {"seal_number": "SL-1", "valid_until": date(2026, 11, 30)}
    assert problems(site, "Authorisation", **values) == {}
    assert problems(site, "Authorisation", paper=NamedBlobFile(PNG)) == {}
    word = NamedBlobFile(b"PK\x03\x04", filename="a.docx")
    assert problems(site, "Authorisation", paper=word) == {"paper": "paper_kind"}
    paper = create(site, "Authorisation")
    (hint,) = validation.hints_of(paper)
    assert CODE in translate(validation.sentence(hint), target_language="zh_CN")
    create(site, "CatalogueEntry")
    assert validation.hints_of(paper) == []


def test_what_a_seal_refuses(site):
    """Dates, a number that another has, and what is no picture."""
    past = date(2025, 1, 1)
    assert problems(site, "ApprovalSeal", valid_until=past) == {
        "valid_until": "end_before_start"
    }
    blob = NamedBlobFile(b"hello", filename="a.txt")
    assert problems(site, "ApprovalSeal", impression=blob) == {
        "impression": "paper_kind"
    }
    assert problems(site, "ApprovalSeal", impression=NamedBlobFile(PNG)) == {}
    create(site, "ApprovalSeal", current=False)
    assert problems(site, "ApprovalSeal") == {"seal_number": "register_entry_taken"}


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"parent_code": CODE}, "parent_is_itself"),
        (
            {"catalog_code": "620199001001", "parent_code": "62019900200Y"},
            "parent_other",
        ),
        ({"promised_limit": 3}, "unit_missing"),
        (
            {
                "statutory_limit": 3,
                "statutory_unit": "day",
                "promised_limit": 4,
                "promised_unit": "day",
            },
            "promised_longer",
        ),
    ],
)
def test_what_a_catalogue_entry_refuses(site, values, problem):
    """Its parent and its limits."""
    assert problem in problems(site, "CatalogueEntry", **values).values()


def test_standing(site):
    """A valid paper covers; without one, the reason names the nearest miss."""
    found = authorisations.standing(CODE, "shili")
    assert (found.valid, found.code, found.authorisations) == (False, "none", ())
    draft = create(site, "Authorisation", current=False)
    assert authorisations.standing(CODE, "shili").code == "draft"
    api.content.transition(draft, to_state="in_force")
    found = authorisations.standing(CODE, "shili")
    assert found.valid and found.authorisations[0].number == "SQ-1"
    assert "SQ-1" in translate(found.reason, target_language="zh_CN")
    assert not authorisations.standing(CODE, "shili", window="别的窗口").valid
    assert not authorisations.standing(CODE, "shili", date(2025, 1, 1)).valid
    api.content.transition(draft, to_state="ended")
    assert authorisations.standing(CODE, "shili").code == "ended"


def test_the_sentence_tells_until_when(site):
    """The date as people write it."""
    create(site, "Authorisation", valid_until=date(2026, 12, 31))
    found = authorisations.standing(CODE, "shili")
    text = translate(found.reason, target_language="zh_CN")
    assert text == "由SQ-1授权示例窗口办理，有效期至2026年12月31日。"


def test_expiring_is_a_setting(site):
    """30 days unless the site's keeper says otherwise."""
    create(site, "Authorisation", valid_until=date(2026, 7, 11))
    (entry,) = directory.entries("authorisation")
    assert (expiring_days(), authorisations.how_it_stands(entry)) == (30, "valid")
    api.portal.set_registry_record("expiring_days", 40, IRegisterSettings)
    assert authorisations.how_it_stands(entry) == "expiring"


def test_a_use_is_written_once(site):
    """With number, moment and person; it cannot be changed."""
    seal = create(site, "ApprovalSeal")
    use = seals.write(seal, USE)
    assert (use.number, use.person, use.impressions) == (1, TEST_USER_ID, 2)
    with pytest.raises(FrozenInstanceError):
        use.impressions = 1
    with pytest.raises(ValueError, match="1"):
        seals._append(seal.UID(), use)
    uid = seal.UID()
    api.content.delete(seal)
    assert seals.uses(uid) == [use], "the record outlives the seal"


def test_a_correction_is_a_further_entry(site):
    """It takes the place of the one that it names, and can itself be corrected."""
    seal = create(site, "ApprovalSeal")
    seals.write(seal, USE)
    seals.write(seal, {**USE, "impressions": "1"})
    fix = {**USE, "impressions": "3", "corrects": "1", "note": "写错"}
    assert seals.write(seal, fix).corrects == 1
    assert seals.impressions(seals.uses(seal.UID())) == 4
    seals.write(seal, {**fix, "impressions": "0", "corrects": "3"})
    record = seals.uses(seal.UID())
    assert [use.number for use in record] == [1, 2, 3, 4]
    assert seals.impressions(record) == 1
    assert seals.corrected(record) == {1: 3, 3: 4}


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"matter": " "}, "use_matter"),
        ({"matter": "长" * 201}, "use_long"),
        ({"impressions": "0"}, "use_number"),
        ({"impressions": "-1"}, "use_number"),
        ({"impressions": "１"}, "use_number"),
        ({"impressions": "99999"}, "use_number"),
        ({"day": "昨天"}, "use_day"),
        ({"day": "2026-06-02"}, "use_future"),
        ({"corrects": "7", "note": "错"}, "use_unknown"),
        ({"corrects": "x", "note": "错"}, "use_unknown"),
        ({"corrects": "1"}, "use_reason"),
    ],
)
def test_a_wrong_use_is_refused(site, values, problem):
    """With a sentence; nothing is written."""
    seal = create(site, "ApprovalSeal")
    seals.write(seal, USE)
    with pytest.raises(seals.Refused) as caught:
        seals.write(seal, {**USE, **values})
    assert problem in [p.id for p in caught.value.problems]
    assert all(caught.value.sentences())
    assert len(seals.uses(seal.UID())) == 1


@pytest.mark.parametrize(
    ("function", "allowed"),
    [("window", True), ("handler", True), ("editor", True), ("reader", False)],
)
def test_who_writes_uses_down(site, function, allowed):
    """Who works at the window or handles for the department; others read."""
    seal = create(site, "ApprovalSeal")
    seal.manage_delLocalRoles([TEST_USER_ID])
    seal.changeOwnership(site.getOwner())
    act_as(site, function, department="shili")
    with api.env.adopt_user(username=TEST_USER_NAME):
        assert authorisations.may_read()
        if allowed:
            seals.write(seal, USE)
        else:
            with pytest.raises(Unauthorized):
                seals.write(seal, USE)
    assert len(seals.uses(seal.UID())) == allowed


def test_members_read_nothing_internal(site):
    """An account alone is no right."""
    login(site, TEST_USER_NAME)
    setRoles(site, TEST_USER_ID, ["Member"])
    with api.env.adopt_user(username=TEST_USER_NAME):
        assert not authorisations.may_read()


def test_records_of_use_are_exported(site):
    """And come back the same; another entry under the same number is refused."""
    seal = create(site, "ApprovalSeal")
    seals.write(seal, USE)
    rows = seals.dump()
    assert seals.restore(rows) == 0
    del IAnnotations(site)[seals.KEY]
    assert seals.restore(rows) == 1
    rows[seal.UID()][0]["impressions"] = 5
    with pytest.raises(ValueError, match="entry 1"):
        seals.restore(rows)
