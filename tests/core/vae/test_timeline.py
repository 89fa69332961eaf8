"""The timeline keeps a reproducible choice of moments within a budget."""

from dataclasses import replace

import numpy as np
import pytest

from vae_gui.core.vae.config import ModelConfig
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.presets import PRESETS
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.timeline import (
    BUDGET_BYTES,
    FIRST_SPACING,
    MIN_CAPACITY,
    Timeline,
    TimelineEntry,
    capacity,
    is_kept,
    spacing,
    within_budget,
)

MODEL = ModelConfig("mlp-256")


def timeline_entry(step: int, values: int = 4) -> TimelineEntry:
    weights = {
        "w": np.full(values, step + 0.123456789, np.float32),
        "count": np.array(step, np.int64),
    }
    mu = np.full((3, 2), step, np.float32)
    return TimelineEntry(Snapshot("run", step, MODEL, weights), Encodings(mu, mu, None, ()))


def timeline_of(steps: int, room: int) -> Timeline:
    """As the trainer fills it: a moment wherever the step belongs to the timeline."""
    timeline = Timeline(room)
    for step in range(steps + 1):
        if is_kept(step, spacing(step, room), room):
            timeline = timeline.added(timeline_entry(step))
    return timeline


def test_a_run_begins_with_powers_of_two_and_goes_on_evenly() -> None:
    steps = [m.step for m in timeline_of(40, room=109).entries]
    assert steps == [0, 1, 2, 4, 8, 16, 24, 32, 40]


def test_half_a_million_steps_stay_within_the_capacity() -> None:
    room = 60
    timeline = timeline_of(3000, room)
    step = 3000
    while step < 500_000:
        step += 1 if step % 64 else 64
        if is_kept(step, spacing(step, room), room):
            timeline = timeline.added(timeline_entry(step))
    assert room / 2 <= len(timeline) <= room
    assert timeline.bytes <= (room + 1) * (4 * 2 + 8) + 16  # first and last are float32
    assert timeline.entries[0].step == 0


def test_the_spacing_is_even_after_thinning() -> None:
    steps = [m.step for m in timeline_of(2000, room=30).entries]
    even = [step for step in steps if step >= spacing(2000, 30)]
    assert len(set(np.diff(even))) == 1
    assert steps[:5] == [0, 1, 2, 4, 8]


def test_the_choice_depends_on_the_step_alone() -> None:
    at_once = [m.step for m in timeline_of(700, 24).entries]
    grown = timeline_of(300, 24)
    for step in range(301, 701):
        if is_kept(step, spacing(step, 24), 24):
            grown = grown.added(timeline_entry(step))
    assert [m.step for m in grown.entries] == at_once


def test_first_and_last_are_exact_and_the_others_float16() -> None:
    entries = timeline_of(64, 109).entries
    kinds = [m.snapshot.weights["w"].dtype for m in entries]
    assert kinds[0] == kinds[-1] == np.float32
    assert set(kinds[1:-1]) == {np.dtype(np.float16)}
    assert all(m.snapshot.weights["count"].dtype == np.int64 for m in entries)


def test_a_final_moment_off_the_grid_is_kept_and_gives_way_to_the_next() -> None:
    timeline = timeline_of(16, 109).added(timeline_entry(19))
    assert timeline.entries[-1].step == 19
    resumed = timeline.added(timeline_entry(24))
    assert [m.step for m in resumed.entries] == [0, 1, 2, 4, 8, 16, 24]


def test_an_equal_step_is_replaced() -> None:
    timeline = timeline_of(16, 109).added(timeline_entry(16, values=8))
    assert [m.step for m in timeline.entries] == [0, 1, 2, 4, 8, 16]
    assert timeline.entries[-1].snapshot.weights["w"].size == 8


@pytest.mark.parametrize("room", [1, 2, MIN_CAPACITY, 17, 40])
@pytest.mark.parametrize("step", [0, 1, 2**15 - 1, 2**15, 2**15 + 1, 2**31, 10**100])
def test_a_run_of_any_length_has_a_spacing_that_fits(step: int, room: int) -> None:
    every = spacing(step, room)
    powers = [2**n for n in range(every.bit_length() - 1) if is_kept(2**n, every, room)]
    assert 1 + len(powers) + step // every <= room
    smaller = every // 2
    early = min(smaller.bit_length() - 1, room // 2)
    assert every == FIRST_SPACING or 1 + early + step // smaller > room  # it is the least


def test_a_large_model_keeps_early_and_even_moments_of_a_long_run() -> None:
    timeline = Timeline(MIN_CAPACITY)
    for step in (*range(2048), *range(2048, 2**17, 64), 2**17):
        if is_kept(step, spacing(step, MIN_CAPACITY), MIN_CAPACITY):
            timeline = timeline.added(timeline_entry(step))
    steps = [entry.step for entry in timeline.entries]
    assert steps == [0, *(2**n for n in range(7, 15)), *range(2**15, 2**17 + 1, 2**15)]
    assert len(steps) <= MIN_CAPACITY


@pytest.mark.parametrize("room", [MIN_CAPACITY, 24, 60])
def test_what_is_dropped_once_does_not_belong_again(room: int) -> None:
    kept, steps = None, range(0, 2**14)
    for now in (2**n for n in range(3, 20)):
        every = spacing(now, room)
        belongs = {step for step in steps if is_kept(step, every, room)}
        assert kept is None or belongs <= kept
        kept = belongs


@pytest.mark.parametrize("room", [24, 60, 100])
def test_a_timeline_with_enough_room_keeps_every_power_of_two(room: int) -> None:
    every = spacing(3000, room)
    assert all(is_kept(2**n, every, room) for n in range(12))


def test_no_timeline_gets_more_room_than_there_is() -> None:
    claims = Timeline(10**6, timeline_of(40, 109).entries)
    assert claims.within(MIN_CAPACITY).capacity == MIN_CAPACITY
    assert claims.within(MIN_CAPACITY).entries == claims.entries  # until the next moment thins them
    assert timeline_of(40, 24).within(60).capacity == 24  # it goes on as it was begun
    assert Timeline().within(60).capacity == 60


@pytest.mark.parametrize("name", PRESETS)
def test_the_budget_holds_sixty_moments_of_every_preset(name: str) -> None:
    from vae_gui.core.vae.models.base import build, take_snapshot

    snapshot = take_snapshot(build(PRESETS[name].model), "run", 0)
    assert capacity(snapshot, BUDGET_BYTES) >= 60


def test_the_nearest_moment_of_a_step() -> None:
    timeline = timeline_of(64, 109)
    assert timeline.entries[timeline.nearest(30)].step == 32
    assert timeline.entries[timeline.nearest(10**6)].step == 64
    assert replace(timeline, entries=timeline.entries[:1]).nearest(5) == 0


def test_a_thinned_timeline_keeps_its_ends_and_goes_on() -> None:
    whole = timeline_of(1003, 109).added(timeline_entry(1003))
    thin = whole.thinned(24)
    assert MIN_CAPACITY <= len(thin) <= 25 and thin.capacity == 24
    assert thin.entries[0].step == 0 and thin.entries[-1] is whole.entries[-1]
    assert {m.step for m in thin.entries} <= {m.step for m in whole.entries}
    assert Timeline().thinned(24).entries == ()
    late = replace(whole, entries=whole.entries[-60:])  # begun where no even moment is
    assert late.thinned(24).entries[0] is late.entries[0]


def test_timelines_share_a_budget_and_the_longest_gives_way() -> None:
    short, long, longer = timeline_of(100, 16), timeline_of(3000, 100), timeline_of(9000, 200)
    together = short.bytes + long.bytes + longer.bytes
    assert within_budget([short, long, longer], together) == [short, long, longer]
    fitted = within_budget([short, long, longer], together // 2)
    assert sum(timeline.bytes for timeline in fitted) <= together // 2
    assert fitted[0] is short
    assert [m.entries[-1].step for m in fitted] == [
        m.entries[-1].step for m in (short, long, longer)
    ]
    least = within_budget([long, longer], 0)
    assert all(0 < len(timeline) <= MIN_CAPACITY + 1 for timeline in least)
