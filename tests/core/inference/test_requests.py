"""Questions as values: equal when they ask the same, safe from later edits, answered in parts."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from tests.tiny import tiny_config, tiny_data
from vae_gui.core.inference.engine import Engine, answer
from vae_gui.core.inference.requests import MAX_BATCH, Decode, Encode, Frozen, Reconstruct
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.trainer import Trainer

Z = np.random.default_rng(3).normal(size=(2 * MAX_BATCH + 9, 2))
IMAGES = tiny_data(2 * MAX_BATCH + 9).train.images


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    trainer = Trainer(tiny_config(), tiny_data(), "run")
    trainer.step()
    return trainer.snapshot()


def test_requests_that_ask_the_same_are_equal() -> None:
    assert Decode.of(Z) == Decode.of(Z.copy())
    assert hash(Decode.of(Z)) == hash(Decode.of(Z.copy()))
    assert Decode.of(Z) != Decode.of(Z + 1e-3)
    assert Decode.of(Z) != Decode.of(Z[:5])
    assert Encode(Frozen(IMAGES)) != Reconstruct(Frozen(IMAGES))


def test_a_type_is_part_of_the_question() -> None:
    assert Frozen(np.zeros(3, np.float32)) != Frozen(np.zeros(3, np.uint8))


def test_a_request_keeps_its_values_when_the_caller_goes_on_writing() -> None:
    z = Z.astype(np.float32)
    request = Decode.of(z)
    z[:] = 0
    assert request == Decode.of(Z)
    frozen = Frozen(z)
    z[:] = 1
    assert not frozen.array.any()
    with pytest.raises(ValueError, match="read-only"):
        request.z.array[0] = 1


def test_a_request_cannot_be_edited() -> None:
    with pytest.raises(FrozenInstanceError):
        Decode.of(Z).z = Frozen(Z)  # type: ignore[misc]


def test_one_point_costs_one_image() -> None:
    request = Decode.of(np.array([0.5, -0.5]))
    assert request.cost == 1
    assert request.z.array.shape == (1, 2)


@pytest.mark.parametrize(
    "request_", [Decode.of(Z), Encode(Frozen(IMAGES)), Reconstruct(Frozen(IMAGES))], ids=type
)
def test_a_long_request_yields_after_every_part(request_: Decode, snapshot: Snapshot) -> None:
    assert request_.cost == 2 * MAX_BATCH + 9
    assert len(list(request_.answer(Engine(snapshot)))) == 3


def test_parts_together_are_the_whole(snapshot: Snapshot) -> None:
    engine = Engine(snapshot)
    mu, logvar = answer(snapshot, Encode(Frozen(IMAGES)))
    whole_mu, whole_logvar = engine.encode(IMAGES)
    assert logvar is not None
    assert whole_logvar is not None
    assert mu == pytest.approx(whole_mu, abs=1e-6)
    assert logvar == pytest.approx(whole_logvar, abs=1e-6)
    pictures = answer(snapshot, Decode.of(Z)).astype(int)
    assert np.abs(pictures - engine.decode(Z.astype(np.float32))).max() <= 1  # a rounding
    again = answer(snapshot, Reconstruct(Frozen(IMAGES))).astype(int)
    assert np.abs(again - engine.decode(whole_mu)).max() <= 1


def test_an_empty_request_has_an_empty_answer(snapshot: Snapshot) -> None:
    assert answer(snapshot, Decode.of(np.empty((0, 2)))).shape == (0, 28, 28)
