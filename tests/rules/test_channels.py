"""Tokens, signatures, and addresses to which something may be sent."""

from hypothesis import given
from hypothesis import strategies as st
from zhinan.rules import channels

import hashlib
import hmac
import pytest


def test_a_token_names_its_channel():
    """Anything else names none."""
    assert channels.token_name("zn1.hall-2.abc") == "hall-2"
    for wrong in ("", "zn1.hall", "zn1.Hall.abc", "zn2.hall.abc", "zn1..abc", "a.b.c"):
        assert channels.token_name(wrong) is None


@given(st.text(), st.text())
def test_only_the_token_itself_fits(one, two):
    """Whatever is sent: it never fails, and it fits only itself."""
    key = channels.token_key(one)
    assert channels.is_token(one, key)
    if one.encode("utf-8", "replace") != two.encode("utf-8", "replace"):
        assert not channels.is_token(two, key)


def test_the_signature_is_what_the_manual_says():
    """Made again with nothing but the standard library."""
    key = hashlib.sha256(b"zn1.hall.secret").hexdigest()
    text = b'1700000000.{"items":[]}'
    expected = hmac.new(key.encode(), text, hashlib.sha256).hexdigest()
    assert channels.token_key("zn1.hall.secret") == key
    assert channels.signature(key, "1700000000", b'{"items":[]}') == expected


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("https://sheng.example.gov.cn/hook?x=1", None),
        ("http://10.0.0.7:8080/changes", None),
        ("http://[::1]:8080/", None),
        ("ftp://example.gov.cn/", "address_scheme"),
        ("file:///etc/passwd", "address_scheme"),
        ("javascript:alert(1)", "address_scheme"),
        ("example.gov.cn/hook", "address_scheme"),
        ("https://", "address_form"),
        ("https://a b/", "address_form"),
        ("https://a/\r\nX: y", "address_form"),
        ("https://例.cn/", "address_form"),
        ("https://a:99999/", "address_form"),
        ("https://a:x/", "address_form"),
        ("https://a/#b", "address_form"),
        ("https://user:secret@a/", "address_login"),
        ("https://a/" + "b" * 500, "address_form"),
    ],
)
def test_addresses(address, problem):
    """Only where a message can go, in the clear and without a login."""
    assert channels.address_problem(address) == problem


@given(st.text())
def test_no_address_is_a_failure(address):
    """Whatever is typed gets a reason or is fine."""
    channels.address_problem(address)
