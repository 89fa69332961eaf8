"""Where exploring begins: places at the classes of an autoencoder, the dimensions that carry most."""

from dataclasses import replace

import numpy as np
import pytest

from vae_gui.core.latent.start import at_classes, informative_axes, start
from vae_gui.core.state.latent import LatentState
from vae_gui.core.vae.encodings import Encodings


def encodings_of(
    labels: list[int] | None, dims: int = 2, deterministic: bool = True, count: int = 60
) -> Encodings:
    """Clusters at (10·label, 0, …) with a spread that grows with the dimension."""
    random = np.random.default_rng(0)
    mu = random.normal(size=(count, dims)) * (0.1 + np.arange(dims))
    of = None if labels is None else np.resize(np.array(labels, np.int16), count)
    if of is not None:
        mu[:, 0] += 10 * of
    logvar = None if deterministic else np.zeros_like(mu, np.float32)
    names = tuple(map(str, range(10))) if labels else ()
    return Encodings(mu.astype(np.float32), logvar, of, names)


def test_nothing_is_known_without_encodings() -> None:
    assert start(3, None) == LatentState.origin(3)


def test_a_vae_without_classes_begins_at_the_origin_of_its_prior() -> None:
    assert start(2, encodings_of(None, deterministic=False)) == replace(
        LatentState.origin(2), axes=(0, 1)
    )


def test_a_vae_begins_between_two_classes() -> None:
    at = start(2, encodings_of(list(range(10)), deterministic=False))
    assert [round(z[0] / 10) for z in (at.a, at.b)] == [0, 7]
    assert at.cursor == pytest.approx((np.array(at.a) + at.b) / 2)


def test_an_autoencoder_begins_at_the_classes_0_3_and_7_of_ten() -> None:
    at = start(2, encodings_of(list(range(10))))
    found = [round(z[0] / 10) for z in (at.a, at.cursor, at.b)]
    assert found == [0, 3, 7]


@pytest.mark.parametrize(("labels", "expected"), [([4], [4, 4, 4]), ([2, 5, 8], [2, 2, 8])])
def test_only_classes_with_images_are_taken(labels: list[int], expected: list[int]) -> None:
    at = at_classes(encodings_of(labels))
    assert [round(z[0] / 10) for z in (at.a, at.cursor, at.b)] == expected


def test_without_labels_a_and_b_stand_around_the_middle() -> None:
    encodings = encodings_of(None, dims=3)
    at = at_classes(encodings)
    assert at.cursor == pytest.approx(np.median(encodings.mu, axis=0))
    difference = np.subtract(at.b, at.a)
    assert np.count_nonzero(difference) == 1
    assert difference[2] == pytest.approx(2 * encodings.mu[:, 2].std(), rel=1e-5)


def test_the_plane_is_of_the_two_dimensions_that_carry_most() -> None:
    encodings = encodings_of(None, dims=5, deterministic=False)
    assert informative_axes(encodings) == (4, 3)
    assert start(5, encodings).axes == (4, 3)
    assert start(5, encodings).cursor == (0.0,) * 5


@pytest.mark.parametrize(("dims", "axes"), [(1, (0, 0)), (2, (0, 1))])
def test_up_to_two_dimensions_there_is_no_choice(dims: int, axes: tuple[int, int]) -> None:
    assert informative_axes(encodings_of(None, dims)) == axes
