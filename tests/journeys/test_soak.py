"""The short version of the soak: cycles of open, train and close, and random events on the real window."""

import pytest

from benchmarks.soak_window import Left, Outcome, growth_mb, in_a_process


@pytest.mark.timeout(400)
@pytest.mark.parametrize("part", [("cycles", "2"), ("events", "1", "250")], ids=" ".join)
def test_nothing_is_raised_and_nothing_is_left(part: tuple[str, ...]) -> None:
    outcome = in_a_process(*part)
    assert not outcome.crashed, outcome.crashed
    assert outcome.faults == ()
    assert (outcome.windows, outcome.threads) == (0, 0)


def test_growth_is_that_beyond_the_plateau() -> None:
    rising = [100.0, 150.0, *[200.0] * 10, *[201.0] * 17, 203.0, 203.0, 203.0]
    assert growth_mb([Left(0, 5, value) for value in rising]) == 3.0


def test_a_fault_a_crash_a_window_or_growth_does_not_hold() -> None:
    assert Outcome("all well", ()).held
    for bad in (
        Outcome("", ("ValueError()",)),
        Outcome("", (), "exit code -11"),
        Outcome("", (), windows=1),
        Outcome("", (), threads=1),
        Outcome("", (), growth=6.0),
    ):
        assert not bad.held
