"""Ask for one address a bounded number of times; loopback only. Prints JSON."""

from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlsplit

import json
import sys
import time


def main(url: str, requests: int, threads: int) -> None:
    """``requests`` GETs from ``threads`` connections; every answer must be 200."""
    parts = urlsplit(url)
    if parts.hostname not in {"localhost", "127.0.0.1"}:
        raise SystemExit("loopback only")
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path

    def share(count: int) -> None:
        connection = HTTPConnection(parts.hostname, parts.port, timeout=120)
        for _number in range(count):
            connection.request("GET", target, headers={"Accept": "text/html"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise SystemExit(f"{url}: {answer.status}")
        connection.close()

    start = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(share, [requests // threads] * threads))
    seconds = time.perf_counter() - start
    print(json.dumps({"rate": requests // threads * threads / seconds}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
