"""Requests per second of our public pages beside Plone's own page, in one run.

``make bench`` (or ``python tests/bench``) sets up the demonstration site in this
process, serves it on loopback and asks for each page in turn with a second process:
A B A B ..., so that a machine that is slow for a while is slow for both. Each page is
measured twice: from memory, and made anew for each request.

The stock page is the default view of the same guide object: Dexterity's container view
in main_template with the Barceloneta theme, as Plone would show it without us.
"""

from plone.app.robotframework.server import Zope2Server
from plone.app.testing import applyProfile
from statistics import median
from zhinan.pages import pagecache
from zhinan.pages.layout import PublicPage
from zope.component.hooks import setSite
from zope.configuration import xmlconfig

import argparse
import json
import logging
import pathlib
import plone.dexterity.browser as browser
import Products.Five
import subprocess
import sys
import transaction


LAYER = "zhinan.testing.DEMO_FUNCTIONAL_TESTING"
GUIDE = "guides/621002001000"
PAGES = {
    "guide": GUIDE,
    "short": f"{GUIDE}/@@short",
    "guides": "guides",
    "home": "",
    "search": "@@search?SearchableText=%E8%AE%B8%E5%8F%AF",
    "download": f"{GUIDE}/m01/@@blank-form",
}
STOCK = f"{GUIDE}/@@stock-view"
STOCK_ZCML = """
<configure xmlns="http://namespaces.zope.org/zope"
           xmlns:browser="http://namespaces.zope.org/browser">
  <browser:page
      name="stock-view"
      for="plone.dexterity.interfaces.IDexterityContent"
      class="plone.dexterity.browser.view.DefaultView"
      template="{template}"
      permission="zope2.View"
      />
</configure>
"""
LOADER = pathlib.Path(__file__).with_name("load.py")


def load(url: str, requests: int, threads: int) -> float:
    """Requests per second of this address."""
    done = subprocess.run(
        [sys.executable, str(LOADER), url, str(requests), str(threads)],
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    return float(json.loads(done.stdout)["rate"])


def serve() -> tuple[Zope2Server, str]:
    """The demonstration site on loopback, with the stock view beside ours."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = Zope2Server()
    server.start_zope_server(LAYER)
    # The stock view belongs to the process, not to the site.
    setSite(None)
    template = pathlib.Path(browser.__file__).with_name("item.pt")
    context = xmlconfig.file("meta.zcml", Products.Five)
    xmlconfig.string(STOCK_ZCML.format(template=template), context=context)
    server.zodb_setup()
    portal = server.zope_layer["portal"]
    applyProfile(portal, "plonetheme.barceloneta:default")
    transaction.commit()
    return server, f"http://localhost:{server.zope_layer['port']}/{portal.getId()}"


def main() -> int:
    """Measure and print a table; ``--json FILE`` keeps the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=120)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    server, site = serve()
    rates: dict[str, list[float]] = {"stock": []}
    try:
        load(f"{site}/{STOCK}", 4, 1)
        for kept in (True, False):
            if not kept:
                # Nothing is found in memory any more: every page is made anew.
                PublicPage.cached = False
                pagecache.key = lambda page: None
            for path in PAGES.values():
                load(f"{site}/{path}", 8, 2)
            for _round in range(options.rounds):
                stock = load(f"{site}/{STOCK}", 12, options.threads)
                rates["stock"].append(stock)
                for name, path in PAGES.items():
                    key = name if kept else f"{name}, made anew"
                    rate = load(f"{site}/{path}", options.requests, options.threads)
                    rates.setdefault(key, []).append(rate)
    finally:
        server.zodb_teardown()
    base = median(rates["stock"])
    print(f"{'page':<24}{'requests/s':>12}{'x stock':>10}")
    for name, found in rates.items():
        print(f"{name:<24}{median(found):>12.1f}{median(found) / base:>10.1f}")
    if options.json:
        options.json.write_text(json.dumps(rates, indent=2), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
