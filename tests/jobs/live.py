"""A site of its own on a real database file, served by a real process."""

from pathlib import Path
from typing import Any

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request


ROOT = Path(__file__).parents[2]
BIN = ROOT / ".venv" / "bin"
SECONDS = 150


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def records(number: int) -> str:
    """So many records in the shape of another province's, as JSON Lines."""
    department = "11440000006939756B"
    lines = []
    for n in range(1, number + 1):
        catalog = f"440101{n // 900 + 1:03d}{n % 900 + 1:03d}"
        record = {
            "TASK_CODE": f"{department}2{catalog}",
            "CATAID": catalog,
            "ORGCODE": department[8:17],
            "TASK_NAME": f"临时价格干预提价申报第{n}类",
            "TASK_TYPE": "01",
            "DEPT_NAME": "示例省发展和改革委员会",
            "matter_level": "省级",
            "visit_number": "0",
            "handle_time": "30(工作日)",
            "handle_time_limit": "7(工作日)",
            "accept_standard": "符合规定的经营者可以申报。",
            "consult_phone": "020-34121084",
            "complain_phone": "020-83134173",
            "material_intro": ["提价申报申请报告"],
        }
        lines.append(json.dumps(record, ensure_ascii=False))
    return "\n".join(lines) + "\n"


class Live:
    """The home of an instance; the site can be started, stopped and killed."""

    def __init__(self, home: Path):
        self.home = home
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        etc = home / "parts" / "instance" / "etc"
        etc.mkdir(parents=True)
        for name in ("filestorage", "blobstorage", "instance", "log"):
            (home / "var" / name).mkdir(parents=True, mode=0o700)
        source = ROOT / "parts" / "instance"
        for name in ("zope.conf", "wsgi.ini", "site.zcml"):
            text = (source / "etc" / name).read_text("utf-8")
            text = text.replace(f"{ROOT}/var", f"{home}/var")
            text = text.replace(f"{ROOT}/parts", f"{home}/parts")
            text = text.replace("127.0.0.1:8080", f"127.0.0.1:{self.port}")
            (etc / name).write_text(text, "utf-8")
        # Its own key of the trail, not that of the tests' layers.
        outside = {k: v for k, v in os.environ.items() if "ZHINAN_TRAIL" not in k}
        self.environment = {
            **outside,
            "ZHINAN_HOME": str(home),
            "ZHINAN_DEMO": "0",
            "PYTHONUTF8": "1",
            "TZ": "Asia/Shanghai",
        }

    def run(self, *command: str, ok: bool = True) -> subprocess.CompletedProcess[str]:
        """A command that ends; its output."""
        found = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            env=self.environment,
            cwd=self.home,
        )
        if ok:
            assert found.returncode == 0, f"{command}\n{found.stdout}\n{found.stderr}"
        return found

    def create(self) -> None:
        """An empty site with an administrator."""
        conf = str(self.home / "parts" / "instance" / "etc" / "zope.conf")
        self.run(str(ROOT / "bin" / "addzopeuser"), "-c", conf, "admin", "secret-admin")
        script = ROOT / "src" / "zhinan" / "site" / "create_site.py"
        self.run(str(ROOT / "bin" / "zconsole"), "run", conf, str(script))

    def zhinan(self, *arguments: str, ok: bool = True) -> subprocess.CompletedProcess:
        """The command line of this site."""
        call = "import sys; from zhinan.exchange.command import main; sys.exit(main())"
        return self.run(sys.executable, "-c", call, *arguments, ok=ok)

    def jobs(self) -> list[dict[str, Any]]:
        """The newest jobs."""
        output = self.zhinan("--json", "jobs").stdout
        return [json.loads(line) for line in output.splitlines()]

    def start(self) -> None:
        """Serve the site; returns when its first page was answered."""
        ini = self.home / "parts" / "instance" / "etc" / "wsgi.ini"
        with (self.home / "var" / "console.log").open("ab") as out:
            self.process = subprocess.Popen(
                [str(ROOT / "bin" / "runwsgi"), "-q", str(ini)],
                cwd=self.home,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        limit = time.monotonic() + SECONDS
        while self.page("") != 200:
            assert self.process.poll() is None, "the server has ended"
            assert time.monotonic() < limit
            time.sleep(0.2)

    def end(self, number: int = signal.SIGTERM) -> None:
        """Stop or kill the site."""
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(SECONDS)
            self.process = None

    def page(self, path: str) -> int:
        """Status of a page; 0 where nobody answers."""
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        address = f"http://localhost:{self.port}/zhinan{path}"
        try:
            with direct.open(address, timeout=60) as answer:
                answer.read()
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0
