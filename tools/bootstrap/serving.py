"""Serves the site in the foreground, and says so when its first page was answered."""

from __future__ import annotations

from bootstrap import processes
from bootstrap.checkout import Checkout
from bootstrap.say import last_line
from bootstrap.say import line
from bootstrap.say import Refusal
from bootstrap.say import step
from bootstrap.say import text
from fcntl import flock
from fcntl import LOCK_EX
from fcntl import LOCK_NB
from fcntl import LOCK_UN
from pathlib import Path
from typing import Callable
from typing import NoReturn

import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request


HOST = "127.0.0.1"
#: A server that ends by itself is started again, at most so many times in so many
#: seconds: one that cannot run is not to be started for ever.
MOST_RESTARTS, WINDOW = 5, 600.0
#: Seconds before the first restart; each one in the window doubles them.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0


def port_of(value: str) -> int:
    """Returns PORT as a number."""
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65536:
        raise Refusal("bad_port", port=value)
    return int(value)


def need_port(port: int) -> None:
    """Refuses a port that somebody else listens on, and names one that is free."""
    if _is_free(port):
        return
    others = range(port + 1, min(port + 100, 65536))
    other = next((one for one in others if _is_free(one)), 8081)
    raise Refusal("port_busy", port=port, other=other)


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the server itself does: a connection that lingers is no hindrance.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def need_data_free(house: Checkout) -> None:
    """Refuses when another process has the database open."""
    lock = Path(f"{house.data}.lock")
    if not lock.exists():
        return
    with lock.open("r+") as handle:
        try:
            flock(handle, LOCK_EX | LOCK_NB)
        except OSError:
            raise Refusal("site_open", path=house.var) from None
        flock(handle, LOCK_UN)


def configuration(house: Checkout, port: int) -> Path:
    """Writes the server's configuration for a port and returns where."""
    ini = (house.etc / "wsgi.ini").read_text("utf-8")
    target = house.cache / f"wsgi-{port}.ini"
    target.write_text(ini.replace(f"{HOST}:8080", f"{HOST}:{port}"), "utf-8")
    return target


class Server:
    """A Zope process; its console goes into a log, the terminal is the reader's."""

    def __init__(self, house: Checkout, port: int) -> None:
        self.house = house
        self.port = port
        self.log = house.var / "log" / "console.log"

    def start(self, again: bool = False) -> None:
        """Starts it; what it said before it ended stays in the log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab" if again else "wb") as out:
            self.process = subprocess.Popen(
                [str(self.house.bin / "runwsgi"), "-q"]
                + [str(configuration(self.house, self.port))],
                cwd=str(self.house.root),
                env=processes.environment(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                # Ctrl-C reaches this process only, which then ends the server.
                start_new_session=True,
            )

    def wait_for_page(self, address: str) -> None:
        """Returns when the page was answered; refuses when the server has ended."""
        while True:
            if self.process.poll() is not None:
                output = self.log.read_text("utf-8", "replace")
                raise Refusal("ended_early", log=self.log, line=last_line(output))
            status = answer(address)
            if status == 200:
                return
            if status:
                reason = f"HTTP {status} {address}"
                raise Refusal("ended_early", log=self.log, line=reason)
            time.sleep(0.1)

    def end(self) -> None:
        processes.end(self.process)


def answer(address: str) -> int:
    """Returns the status of a page, 0 where nobody answers yet."""
    # A proxy that the environment names has no business with this machine.
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(address, timeout=300) as response:
            response.read()
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def pause(restarts: list[float], moment: float) -> float | None:
    """Returns the seconds to wait before a restart, or None after too many."""
    recent = [one for one in restarts if moment - one < WINDOW]
    if len(recent) >= MOST_RESTARTS:
        return None
    return float(min(FIRST_PAUSE * 2 ** len(recent), LONGEST_PAUSE))


def serve(house: Checkout, port: int, announce: Callable[[str], None]) -> int:
    """Serves until Ctrl-C; returns the exit status.

    What was left by a server that was killed hinders none: locks end with their
    process, and a new one takes the place of the socket.
    """
    need_data_free(house)
    address = f"http://localhost:{port}/zhinan"
    server = Server(house, port)
    server.start()
    try:
        with step("step_start"):
            server.wait_for_page(address)
        announce(address)
        watch(server)
    except KeyboardInterrupt:
        line("\n" + text("stopped"))
        return 0
    finally:
        # A second Ctrl-C must not leave a server behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        server.end()


def watch(server: Server) -> NoReturn:
    """Starts the server again whenever it ends; refuses when that is too often."""
    restarts: list[float] = []
    while True:
        status = server.process.wait()
        output = server.log.read_text("utf-8", "replace")
        reason = last_line(output) or status
        seconds = pause(restarts, time.monotonic())
        if seconds is None:
            raise Refusal("ended_too_often", log=server.log, line=reason)
        line(text("restarting", seconds=round(seconds), status=status))
        time.sleep(seconds)
        restarts.append(time.monotonic())
        server.start(again=True)
