"""Lines of the trail as plain data, for whoever takes it along."""

from typing import Any
from zhinan.rules import chain as rules
from zhinan.trail import store
from zhinan.trail.store import Row


def plain(row: Row, site: Any) -> dict[str, Any]:
    """All that the trail says of one line, with the hash of its entry.

    But for ``stream``, ``chain`` and ``hash`` it is, as canonical JSON, what was hashed
    so that whoever has all lines of a chain can check it without us.
    """
    trail = store.peek(site)
    chain = trail.events.get(row.chain) if row.chain else trail.chain(row.uid)
    text = chain.entries.get(row.n) if chain is not None else None
    found: dict[str, Any] = {"stream": "events" if row.chain else "acts"}
    if row.chain:
        found["chain"] = row.chain
    if text is not None:
        found.update(rules.values(text))
        found["hash"] = rules.digest(text)
    else:
        found.update(uid=row.uid, n=row.n, at=row.at, act=row.act, missing=True)
    return found
