"""Writes into a database of its own without pause: objects and blobs that belong
together, so that a state between two transactions would be seen.

Run as ``python -m tests.keeping.writer HOME``; each line of its output is a number
whose transaction was acknowledged. A line on its input lets it pack, the end ends it.
"""

from BTrees.IOBTree import IOBTree
from pathlib import Path
from ZODB.blob import Blob
from ZODB.DB import DB
from ZODB.FileStorage import FileStorage

import select
import sys
import time
import transaction


def opened(home, **options):
    """The database of a home."""
    return DB(
        FileStorage(
            str(Path(home) / "var" / "filestorage" / "Data.fs"),
            blob_dir=str(Path(home) / "var" / "blobstorage"),
            **options,
        )
    )


def write(root, number):
    """One transaction: a text, a blob that says the same, and one that is replaced."""
    if "texts" not in root:
        root["texts"], root["blobs"] = IOBTree(), IOBTree()
        root["latest"] = Blob()
    text = f"{number} ".encode() * (1 + number % 500)
    root["texts"][number] = text
    root["blobs"][number] = blob = Blob()
    for target in (blob, root["latest"]):
        with target.open("w") as stream:
            stream.write(text)
    transaction.commit()


def agree(root):
    """Whether texts and blobs say the same; their number."""
    texts, blobs = root["texts"], root["blobs"]
    assert list(texts) == list(blobs) == list(range(len(texts)))
    for number, text in texts.items():
        with blobs[number].open() as stream:
            assert stream.read() == text
    with root["latest"].open() as stream:
        assert stream.read() == texts[len(texts) - 1]
    return len(texts)


def main(home):
    """Write until the input ends."""
    database = opened(home)
    root = database.open().root()
    number = len(root["texts"]) if "texts" in root else 0
    while True:
        write(root, number)
        print(number, flush=True)
        number += 1
        if select.select([sys.stdin], [], [], 0.002)[0]:
            if not sys.stdin.readline():
                break
            database.pack(time.time())
            print("packed", flush=True)
    database.close()


if __name__ == "__main__":
    main(sys.argv[1])
