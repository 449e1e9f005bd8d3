"""Robot library: a real Chromium with a fresh profile, and what it downloaded."""

from pathlib import Path
from robot.api.deco import keyword
from robot.libraries.BuiltIn import BuiltIn
from selenium import webdriver

import hashlib
import shutil
import tempfile
import time
import zipfile


ROBOT_LIBRARY_SCOPE = "SUITE"
#: What a Chromium needs that runs as root, without screen and without network.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
)


def program(*names: str) -> str:
    """Path of the first of these programs that is installed."""
    for name in names:
        found = shutil.which(name)
        if found:
            return found
    raise AssertionError(f"none of these programs is installed: {', '.join(names)}")


class browser:
    """Opens Chromium for SeleniumLibrary."""

    def __init__(self) -> None:
        self.downloads = Path(tempfile.mkdtemp(prefix="downloads-"))

    @keyword
    def open_chromium(
        self, url: str, width: int = 1280, height: int = 900, scripts: bool = True
    ) -> None:
        """Open a window of this size; ``scripts`` False turns JavaScript off.

        Chromium's own window is at least 500 pixels wide; a phone is emulated.
        """
        options = webdriver.ChromeOptions()
        profile = tempfile.mkdtemp(prefix="chromium-")
        for flag in (*FLAGS, f"--window-size={width},{height}"):
            options.add_argument(flag)
        options.add_argument(f"--user-data-dir={profile}")
        options.add_experimental_option(
            "prefs",
            {
                "download.default_directory": str(self.downloads),
                "download.prompt_for_download": False,
                "intl.accept_languages": "zh-CN,zh",
                "profile.managed_default_content_settings.javascript": 1
                if scripts
                else 2,
            },
        )
        if width < 500:
            options.add_experimental_option(
                "mobileEmulation",
                {"deviceMetrics": {"width": width, "height": height, "pixelRatio": 1}},
            )
        options.binary_location = program("chromium", "chromium-browser")
        selenium = BuiltIn().get_library_instance("SeleniumLibrary")
        driver = webdriver.Chrome(
            options=options,
            service=webdriver.ChromeService(executable_path=program("chromedriver")),
        )
        selenium.register_driver(driver, alias=None)
        driver.get(url)

    @keyword
    def downloaded_file(self, ending: str, seconds: float = 20) -> str:
        """Path of the newest finished download whose name ends like this."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = sorted(
                (p for p in self.downloads.iterdir() if p.name.endswith(ending)),
                key=lambda path: path.stat().st_mtime,
            )
            if found and not list(self.downloads.glob("*.crdownload")):
                return str(found[-1])
            time.sleep(0.1)
        names = [path.name for path in self.downloads.iterdir()]
        raise AssertionError(f"no download ends with {ending}: {names}")

    @keyword
    def sha256_of(self, path: str) -> str:
        """SHA-256 of a file."""
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()

    @keyword
    def document_holds(self, path: str, *words: str) -> None:
        """Fail unless the Word file opens and holds all these words."""
        from docx import Document

        document = Document(path)
        parts = [p.text for p in document.paragraphs]
        for table in document.tables:
            parts += [cell.text for row in table.rows for cell in row.cells]
        for section in document.sections:
            parts += [p.text for p in section.header.paragraphs]
            for table in section.header.tables:
                parts += [cell.text for row in table.rows for cell in row.cells]
        # A label may be broken into lines to fit its cell.
        text = "".join("".join(parts).split())
        for word in words:
            if word not in text:
                raise AssertionError(f"{path} does not hold {word!r}")

    @keyword
    def archive_names(self, path: str) -> list[str]:
        """Names of the files in a ZIP, which must be whole."""
        with zipfile.ZipFile(path) as archive:
            if archive.testzip() is not None:
                raise AssertionError(f"{path} is damaged")
            return archive.namelist()

    @keyword
    def one_time_code(self, secret: str, steps: int = 0) -> str:
        """The code that an app shows, some steps later."""
        from zhinan.rules import totp

        import base64

        text = secret.replace(" ", "")
        known = base64.b32decode(text + "=" * (-len(text) % 8))
        return totp.totp(known, time.time() + int(steps) * totp.STEP)

    @keyword
    def session_is_nearly_over(self, left: int = 60) -> None:
        """Let the page believe that nothing was done for a long time."""
        self._last_activity(int(left))

    @keyword
    def session_is_over(self) -> None:
        """Let the page believe that the session's time has passed."""
        self._last_activity(-1)

    def _last_activity(self, left: int) -> None:
        driver = BuiltIn().get_library_instance("SeleniumLibrary").driver
        driver.execute_script(
            """
            var box = document.getElementById("zn-watch");
            var last = Date.now() - (Number(box.dataset.idle) - arguments[0]) * 1000;
            localStorage.setItem("zn-watch-" + box.dataset.person, String(last));
            """,
            left,
        )
