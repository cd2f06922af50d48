"""The soak of `tests/web/soak.py`, in short."""

from tests.web.soak import run


def test_what_was_promised_is_kept_through_swaps_and_a_kill() -> None:
    outcome = run(8, clients=8, swap=1.5, model="fake")
    assert outcome.failures == []
    assert outcome.swaps >= 2
    assert outcome.kills == 1
    assert outcome.findings.tickets
    assert outcome.findings.votes
