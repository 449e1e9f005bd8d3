"""A process that has loaded Plone, and whose children serve a site: a start is cheap.

Run as ``python tests/keeping/nursery.py HOME``. Each line ``start`` on its input forks
a child, which opens the database and serves it; its number is printed. The rest of the
start is what every start does.
"""

from pathlib import Path

import os
import signal
import sys


def load(home):
    """Everything of a start that needs no database."""
    from OFS.Application import import_products
    from Zope2.App import patches
    from Zope2.App.startup import load_zcml
    from Zope2.Startup.run import configure_wsgi

    configure_wsgi(str(home / "parts" / "instance" / "etc" / "zope.conf"))
    patches.apply_patches()
    import_products()
    load_zcml()


def serve(home):
    """Open the database and serve it, as the server's script does."""
    from paste.deploy import loadapp
    from paste.deploy import loadserver

    ini = f"config:{home / 'parts' / 'instance' / 'etc' / 'wsgi.ini'}"
    application = loadapp(ini)
    loadserver(ini)(application)


def main(home):
    """Fork a child for each line."""
    load(home)
    # Who has ended is gone at once.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    for line in sys.stdin:
        if line.strip() != "start":
            break
        child = os.fork()
        if not child:
            os.setsid()
            sys.stdin.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            with (home / "var" / "console.log").open("ab") as out:
                for number in (1, 2):
                    os.dup2(out.fileno(), number)
            try:
                serve(home)
            finally:
                os._exit(1)
        print(child, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
