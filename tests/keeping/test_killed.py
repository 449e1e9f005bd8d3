"""``kill -9`` in the middle of edits, uploads and publications.

A hundred moments: ``bin/py tests/bench/kill.py --moments 100``.
"""

from . import killing


def test_every_acknowledged_act_is_there_once(site):
    """Nothing that was acknowledged is lost or doubled; the site starts by itself."""
    outcome = killing.run(site, moments=5, seed=4)
    assert outcome.moments == 5 and not outcome.odd
    assert sum(outcome.acts.values()) >= 5
    assert site.zhinan("verify").returncode == 0
