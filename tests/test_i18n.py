"""Chinese on every screen.

The catalogue is compared with the source; the real screens of public and staff are
walked while every message that is looked up without a Chinese text is written down; and
what the screens show is read for English that never asked for a translation.
"""

from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path
from plone import api
from plone.app.testing import SITE_OWNER_NAME
from plone.app.testing import SITE_OWNER_PASSWORD
from plone.testing.zope import Browser
from typing import Any
from urllib.parse import quote
from zhinan.rules.elements import code_lists
from zhinan.rules.elements import elements
from zope.component import queryUtility
from zope.i18n import translate
from zope.i18n.interfaces import ITranslationDomain
from zope.i18n.translationdomain import TranslationDomain

import ast
import i18n
import io
import json
import lxml.etree
import lxml.html
import pytest
import pythongettext.msgfmt
import re
import shutil
import subprocess
import sys
import tokenize
import transaction


ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "zhinan"
PROFILES = ROOT / "profiles"
CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]")
LETTERS = re.compile(r"[A-Za-z]{2}")
VARIABLE = re.compile(r"\$\{[^}]*\}")


# ---------------------------------------------------------------------- catalogues


def catalogue(path: Path) -> dict[str, str]:
    """Messages of a .po file; those without a text, too."""
    with path.open("rb") as file:
        compiled = pythongettext.msgfmt.Msgfmt(file, name=path.stem).getAsFile()
    texts = GNUTranslations(compiled)._catalog
    every = i18n.MessageCatalog(filename=str(path))
    plain = (key.replace('\\"', '"').replace("\\n", "\n") for key in every)
    return {key: texts.get(key, "") for key in plain}


def english(domain: str) -> dict[str, str]:
    """English of the messages of a domain, from the templates that are installed."""
    if domain == i18n.DOMAIN:
        pot = i18n.MessageCatalog(filename=str(i18n.LOCALES / "zhinan.pot"))
        return {key: entry.getDefault() or key for key, entry in pot.items()}
    return i18n.upstream(domain)[0]


def test_every_own_message_is_translated():
    texts = catalogue(i18n.CHINESE / "zhinan.po")
    assert set(texts) == set(catalogue(i18n.LOCALES / "zhinan.pot"))
    assert [key for key, text in texts.items() if not text] == []


def test_the_catalogue_is_that_of_the_source(tmp_path):
    """``make i18n`` was run after the last change of a message."""
    pot = tmp_path / "zhinan.pot"
    shutil.copy(i18n.LOCALES / "zhinan.pot", pot)
    i18n.run("rebuild-pot", "--no-line-numbers", "--pot", str(pot), *i18n.SOURCES)
    assert set(catalogue(pot)) == set(catalogue(i18n.LOCALES / "zhinan.pot"))


@pytest.mark.parametrize("domain", sorted(p.stem for p in i18n.CHINESE.glob("*.po")))
def test_texts_keep_the_variables_of_their_messages(domain):
    originals = english(domain)
    for key, text in catalogue(i18n.CHINESE / f"{domain}.po").items():
        original = originals.get(key.replace('"', '\\"'), key)
        if not text:
            continue  # another test says so
        if original == key and "_" in key and " " not in key:
            continue  # an id whose English stands in Python alone
        assert set(VARIABLE.findall(text)) == set(VARIABLE.findall(original)), key


def test_texts_are_chinese_and_calm():
    """Chinese punctuation in Chinese sentences, no exclamation marks."""
    for path in i18n.CHINESE.glob("*.po"):
        for key, text in catalogue(path).items():
            assert "！" not in text, key
            assert "!" not in text, key
            if path.stem == i18n.DOMAIN:
                assert not re.search(r"[\u4e00-\u9fff][,;:?]", text), text


def test_what_scripts_say_is_translated_whole():
    """Pages of staff are built by scripts from the domain widgets: nothing may lack."""
    needed, plone = i18n.upstream("widgets")
    ours = catalogue(i18n.CHINESE / "widgets.po")
    lacking = [k for k in needed if k not in plone and not ours.get(k)]
    assert lacking == []


def test_compiled_catalogues_stay_out_of_git():
    name = "src/zhinan/locales/zh_CN/LC_MESSAGES/zhinan.mo"
    done = subprocess.run(["git", "check-ignore", "-q", name], cwd=ROOT, check=False)
    assert done.returncode in {0, 128}  # 128: not a checkout


# ------------------------------------------------------------------ source in English

#: Where Chinese is data: code lists and elements, words of documents.
DATA = ("rules/", "documents/data/", "locales/", "content/", "profiles/")
#: Where a Chinese character is the matter itself.
QUOTED = {
    "registers/content.py": "the English sentence quotes the last character of a number",
    "search/splitter.py": "punctuation that is no part of a word",
}


def chinese_in_python(path: Path) -> Iterator[str]:
    """Chinese literals of a Python file; docstrings and comments may hold a term."""
    source = path.read_text(encoding="utf-8")
    docstrings = {
        node.body[0].value.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
        and isinstance(node.body[0].value, ast.Constant)
    }
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE}:
            literal = (
                token.type == tokenize.STRING
                or "FSTRING" in tokenize.tok_name[token.type]
            )
            if (
                literal
                and token.start[0] not in docstrings
                and CHINESE.search(token.string)
            ):
                yield f"{path.relative_to(ROOT)}:{token.start[0]}: {token.string}"


def chinese_in_markup(path: Path) -> Iterator[str]:
    """Chinese of a template, ZCML or profile; comments may hold a term."""
    text = re.sub(r"<!--.*?-->", "", path.read_text(encoding="utf-8"), flags=re.S)
    for line in text.splitlines():
        if CHINESE.search(line):
            yield f"{path.relative_to(ROOT)}: {line.strip()}"


def test_no_chinese_literal_in_code():
    found: list[str] = []
    for path in sorted(SOURCE.rglob("*")):
        name = path.relative_to(SOURCE).as_posix()
        if name.startswith(DATA) or name in QUOTED:
            continue
        if path.suffix == ".py":
            found += chinese_in_python(path)
        elif path.suffix in {".pt", ".zcml"}:
            found += chinese_in_markup(path)
    for path in sorted(PROFILES.rglob("*.xml")):
        found += chinese_in_markup(path)
    assert not found, "\n".join(found)


# ------------------------------------------------------------------------- profiles


def profile_titles() -> Iterator[tuple[str, str]]:
    """File and title of every state, transition and type of our profiles."""
    for path in sorted((PROFILES / "default").rglob("*.xml")):
        tree = lxml.etree.parse(str(path))
        if path.parent.name == "types":
            yield path.name, tree.xpath("string(property[@name='title'])")
        for title in tree.xpath("//state/@title | //transition/action/text()"):
            yield path.parent.name, title.strip()
        for title in tree.xpath(
            "//transition/@title | //transition/description/text()"
        ):
            yield path.parent.name, title.strip()


def test_titles_of_profiles_are_translated(integration):
    """Plone's own screens translate workflow titles in its domain, ours in ours."""
    for place, title in profile_titles():
        domains = ("zhinan",) if place.endswith(".xml") else ("zhinan", "plone")
        for domain in domains:
            text = translate(title, domain=domain, target_language="zh_CN")
            assert CHINESE.search(text), (place, domain, title)


# -------------------------------------------------------------------------- screens

#: Names that are the same in every language, and what people typed in.
NAMES = frozenset(
    word
    for line in (
        "Plone Zope Python WSGI CMF PIL Pillow TinyMCE SVG RSS URL UTC ID",
        "DOCX XLSX PDF ZIP CSV DOC KB MB SHA admin zhinan localhost",
    )
    for word in line.split()
)
#: English that Plone shows without asking for a translation: no catalogue can mend it.
#: Our own pages have none of it.
UPSTREAM = {
    "Close": "label of a button of the navigation",
    "Required": "title of a mark in forms",
    "Error": "title of an icon in forms",
    "Group": "@@sharing, title of an icon",
    "Inherited": "@@sharing, title of an icon",
    "Global": "@@sharing, title of an icon",
    "AuthenticatedUsers": "@@sharing, id of the group of all who are logged in",
    "Add": "@@manage-aliases, a button",
    "published": "content_status_history, id of the state",
    "Word 2007 document": "form of a file, name of its kind",
    "SVG image": "form of a file, name of its kind",
    "text/html": "form of a text, name of its kind",
    "text/x-web-textile": "form of a text, name of its kind",
    "get": "++add++EasyForm, a method of HTTP",
    "post": "++add++EasyForm, a method of HTTP",
    "Save": "@@usergroup-userprefs, value behind a button that reads otherwise",
    "Search": "@@usergroup-userprefs, value behind a button that reads otherwise",
    "Show all": "@@usergroup-userprefs, value behind a button that reads otherwise",
    "Reset password of user": "@@usergroup-userprefs, title of a box",
    "Remove user": "@@usergroup-userprefs, title of a box",
    "Inherited from Group": "@@usergroup-userprefs, title of an icon",
    "Authenticated Users (Virtual Group)": "@@usergroup-groupprefs, name of a group",
    "test_user_1_": "@@usergroup-userprefs, name of the person of the tests",
    "Administrators": "@@new-user, title of a group that Plone made",
    "Reviewers": "@@new-user, title of a group that Plone made",
    "Site Administrators": "@@new-user, title of a group that Plone made",
}
#: Addresses, names of files, hashes, codes, ids of types, the build of Python.
_SAME = re.compile(
    r"https?://\S+|/[\w@./-]+|\S+@\S+|\S+\.(?:docx|xlsx|pdf|zip|svg|txt|org)\b"
    r"|\([A-Za-z0-9-]+\)"  # ids of people and groups, behind their names
    r"|\b[0-9a-f]{8,}\b|\b[A-Z0-9]+(?:-[A-Z0-9]+)+\b|Python 3.*"
    r"|\b(?:Department|MatterGuide|Material|FormVersion|PolicyDocument|Folder):"
)
_SENTENCE = re.compile(r"(?:\b[A-Za-z]+\b[ ,]+){2,}[A-Za-z]+")
_SKIPPED = "script|style|noscript|template|textarea|pre|head"
_READ_ALOUD = ("title", "alt", "placeholder", "aria-label", "value", "data-label")


class Misses:
    """Messages that were looked up and have no Chinese text."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], str] = {}
        self.page = ""

    def look(self, domain: TranslationDomain, msgid: str, default: str | None) -> None:
        """Write a message down if no Chinese catalogue of the domain has it."""
        default = getattr(msgid, "default", None) if default is None else default
        text = str(msgid) if default is None else str(default)
        if CHINESE.search(text) or not LETTERS.search(VARIABLE.sub("", text)):
            return
        if set(re.findall(r"[A-Za-z]+", VARIABLE.sub("", text))) <= NAMES:
            return
        for language in ("zh_CN", "zh-cn"):
            for name in domain._catalogs.get(language, ()):
                if domain._data[name].queryMessage(msgid) is not None:
                    return
        self.found.setdefault((domain.domain, str(msgid)), self.page)


@pytest.fixture
def misses(monkeypatch) -> Misses:
    """Listen to all translations."""
    listener = Misses()
    original = TranslationDomain._recursive_translate

    def listening(
        self: Any,
        msgid: Any,
        mapping: Any,
        language: Any,
        default: Any,
        *rest: Any,
        **options: Any,
    ) -> str:
        if getattr(msgid, "domain", self.domain) == self.domain:
            listener.look(self, msgid, default)
        return original(self, msgid, mapping, language, default, *rest, **options)

    monkeypatch.setattr(TranslationDomain, "_recursive_translate", listening)
    return listener


def english_on(html: str) -> Iterator[str]:
    """What a page shows in English."""
    tree = lxml.html.fromstring(html)
    for node in tree.xpath("|".join(f"//{tag}" for tag in _SKIPPED.split("|"))):
        node.drop_tree()
    # Each language stands in its own name.
    for node in tree.xpath("//select[contains(@name, 'language')]"):
        node.drop_tree()
    for node in tree.iter(lxml.etree.Element):
        texts = [node.text, *(child.tail for child in node)]
        for name in _READ_ALOUD:
            if name != "value" or node.get("type") in {"submit", "button", "reset"}:
                texts.append(node.get(name))
        for text in filter(None, texts):
            words = " ".join(text.split())
            rest = _SAME.sub(" ", words)
            # In a Chinese sentence one word is a name, several are English.
            found = _SENTENCE if CHINESE.search(rest) else LETTERS
            strange = set(re.findall(r"[A-Za-z]{2,}", rest)) - NAMES
            if strange and found.search(rest) and words not in UPSTREAM:
                yield words


class Walk:
    """Opens pages and keeps what they show in English."""

    def __init__(self, app: Any, url: str, misses: Misses, login: bool) -> None:
        self.browser = Browser(app)
        self.browser.raiseHttpErrors = False
        self.browser.addHeader("Accept", "text/html")
        self.url = url
        self.misses = misses
        self.shown: dict[str, str] = {}
        if login:
            self.browser.addHeader(
                "Authorization", f"Basic {SITE_OWNER_NAME}:{SITE_OWNER_PASSWORD}"
            )

    def open(self, path: str, status: str | tuple[str, ...] = "200") -> str:
        """Open a page below the site."""
        self.misses.page = path
        self.browser.open(f"{self.url}/{path}" if path else self.url)
        assert self.browser.headers["Status"].startswith(status), path
        return self.read(path)

    def press(self, button: str) -> str:
        """Press a button of the page that is open."""
        self.misses.page += f" ({button})"
        self.browser.getControl(name=button, index=0).click()
        return self.read(self.misses.page)

    def read(self, page: str) -> str:
        """Read the page that is open."""
        contents = self.browser.contents
        if isinstance(contents, bytes):
            contents = contents.decode()
        if "<html" in contents:
            for words in english_on(contents):
                self.shown.setdefault(words, page)
        return contents


#: Views of content that staff use, and some of the site alone.
VIEWS = (
    "@@historyview",
    "content_status_history",
    "@@sharing",
    "delete_confirmation",
    "object_rename",
    "@@manage-aliases",
)
MODALS = ("workflow", "properties", "tags", "rename", "delete", "rearrange")
OFFICE = (
    "",
    "edit",
    "sitemap",
    "guides",
    "guides/edit",
    "guides/select_default_page",
    "++add++Document",
    "++add++Folder",
    "++add++File",
    "++add++Image",
    "++add++EasyForm",
    "@@personal-information",
    "@@personal-preferences",
    "@@change-password",
    "@@user-preferences",
    "dashboard",
    "@@manage-portlets",
    "@@overview-controlpanel",
    "@@usergroup-userprefs",
    "@@usergroup-groupprefs",
    "@@usergroup-controlpanel",
    "@@member-search",
    "@@new-user",
    "@@site-controlpanel",
    "@@language-controlpanel",
    "@@mail-controlpanel",
    "@@search-controlpanel",
    "@@security-controlpanel",
    "@@content-controlpanel",
)


#: Registers that the demonstration content fills.
REGISTERS = ("cancelled-proof", "intermediary-service", "legal-basis")


def path_of(obj: Any) -> str:
    """Path of an object below the site."""
    return "/".join(obj.getPhysicalPath()[2:])


@pytest.fixture
def content(demo_functional) -> dict[str, str]:
    """Paths of one object of each type."""
    portal = demo_functional["portal"]
    portal.title = "办事指南"
    api.portal.set_registry_record("plone.site_title", "办事指南")
    transaction.commit()
    guide = next(g for g in portal.guides.objectValues() if g.objectIds())
    material = next(m for m in guide.objectValues() if m.objectIds())
    return {
        "guide": path_of(guide),
        "material": path_of(material),
        "version": path_of(material.objectValues()[0]),
        "department": path_of(portal.departments.objectValues()[0]),
        "policy": path_of(portal.policies.objectValues()[0]),
        "basis": "registers/legal-basis/huan-jing-bao-hu-fa",
        "proof": "registers/cancelled-proof/ju-zhu",
        "service": "registers/intermediary-service/lian-he-ce-hui",
    }


def check(walk: Walk, misses: Misses) -> None:
    """Fail with what lacks, one thing a line."""
    lines = [
        f"no Chinese for {message!r} of {domain} ({page})"
        for (domain, message), page in misses.found.items()
    ]
    lines += [f"{page} shows {words!r}" for words, page in walk.shown.items()]
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)


def test_public_screens_are_chinese(demo_functional, content, misses):
    portal = demo_functional["portal"]
    walk = Walk(demo_functional["app"], portal.absolute_url(), misses, login=False)
    for path in ("", "guides", "departments", "policies", *content.values()):
        walk.open(path)
    for path in ("registers", *(f"registers/{name}" for name in REGISTERS)):
        walk.open(path)
    walk.open("registers/legal-basis?q=%E6%97%A0%E6%AD%A4%E4%BE%9D%E6%8D%AE")
    walk.open(f"{content['guide']}/@@short")
    walk.open("guides?target=2")
    for words in ("", "备案", "无此事项"):
        walk.open(f"@@search?SearchableText={quote(words)}")
    for path in ("about", "help", "enquiries", "@@enquiries", "@@logged-out"):
        walk.open(path)
    assert "没有找到这个页面" in walk.open("no-such-page", status="404")
    if "zixun" in portal:
        walk.open("zixun")
        walk.press("form.buttons.submit")
    walk.open("login")
    walk.browser.getControl(name="__ac_name").value = "nobody"
    walk.browser.getControl(name="__ac_password").value = "wrong-password"
    walk.press("buttons.login")
    walk.open("@@login-help")
    walk.open("@@mail_password_form")
    check(walk, misses)


def test_staff_screens_are_chinese(demo_functional, content, misses):
    portal = demo_functional["portal"]
    walk = Walk(demo_functional["app"], portal.absolute_url(), misses, login=True)
    for path in content.values():
        walk.open(path)
        walk.open(f"{path}/edit")
        walk.press("form.buttons.cancel")
    for path in (content["guide"], "guides", content["version"]):
        for view in VIEWS:
            walk.open(f"{path}/{view}")
    walk.open("guides/folder_contents")
    walk.open("@@tasks")
    walk.open("registers/intermediary-service")
    for name in MODALS:
        # Without a token it is the page of refusal that speaks.
        walk.open(f"guides/@@fc-{name}", status=("200", "403"))
    walk.open("guides/@@fc-contextInfo")
    for path in OFFICE:
        walk.open(path)
    adding = (
        ("guides/++add++MatterGuide"),
        (f"{content['guide']}/++add++Material"),
        (f"{content['material']}/++add++FormVersion"),
        ("departments/++add++Department"),
        ("policies/++add++PolicyDocument"),
        ("registers/cancelled-proof/++add++CancelledProof"),
        ("registers/intermediary-service/++add++IntermediaryService"),
        ("registers/legal-basis/++add++LegalBasis"),
    )
    for path in adding:
        walk.open(path)
        walk.press("form.buttons.save")
    check(walk, misses)


def test_editing_comparing_and_withdrawing_speak_chinese(
    demo_functional, content, misses
):
    portal = demo_functional["portal"]
    walk = Walk(demo_functional["app"], portal.absolute_url(), misses, login=True)
    path = content["department"]
    walk.open(f"{path}/edit")
    walk.browser.getControl(name="form.widgets.short_name").value = "新的简称"
    walk.press("form.buttons.save")
    walk.open(f"{path}/@@historyview")
    walk.open(f"{path}/@@history?one=1&two=0")
    page = walk.open(path)
    links = lxml.html.fromstring(page).xpath("//a[contains(@href, 'workflow_action')]")
    assert links, "no transition offered"
    walk.browser.open(links[0].get("href"))
    walk.read("transition")
    check(walk, misses)


def test_elements_and_codes_appear_in_chinese(demo_functional, content, misses):
    """The titles of the data tables reach form and page."""
    portal = demo_functional["portal"]
    walk = Walk(demo_functional["app"], portal.absolute_url(), misses, login=True)
    form = walk.open(f"{content['guide']}/edit")
    table = elements()
    titles = [e.title for e in table.guide if e.kind != "materials"]
    titles += [fieldset.title for fieldset in table.fieldsets]
    titles += [code.title for code in code_lists()["matter_type"].codes]
    assert [title for title in titles if title not in form] == []
    page = walk.open(content["guide"])
    assert [s.title for s in table.sections if s.title in page]


def test_scripts_get_our_texts(demo_functional, content, misses):
    """Plone's scripts ask for zh_CN; Plone's texts and ours come together."""
    portal = demo_functional["portal"]
    walk = Walk(demo_functional["app"], portal.absolute_url(), misses, login=True)
    texts = json.loads(walk.open("@@plonejsi18n?domain=widgets&language=zh_CN"))
    ours = catalogue(i18n.CHINESE / "widgets.po")
    assert {key: texts.get(key) for key in ours} == ours
    assert len(texts) > len(ours)


def test_an_untranslated_message_is_noticed(integration, misses):
    """The listener itself works."""
    domain = queryUtility(ITranslationDomain, "zhinan")
    domain.translate("Search", target_language="zh_CN")
    assert misses.found == {}
    domain.translate("Not in any catalogue", target_language="zh_CN")
    assert list(misses.found) == [("zhinan", "Not in any catalogue")]
    assert list(
        english_on("<html><body><p>Remember</p><p>办理 Word</p></body></html>")
    ) == ["Remember"]


def test_the_tool_runs():
    done = subprocess.run([sys.executable, "-c", "import i18ndude.script"], check=False)
    assert done.returncode == 0
