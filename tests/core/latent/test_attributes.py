"""The difference of two groups of encodings as a direction."""

import numpy as np
import pytest

from vae_gui.core.latent.attributes import Attribute, apply, attribute, class_attribute
from vae_gui.core.support.errors import UserError
from vae_gui.core.vae.encodings import Encodings

MU = np.array([[0, 0, 1], [2, 0, 1], [5, 4, 1], [7, 8, 1]], np.float32)
LABELS = np.array([1, 1, 0, 0], np.int16)


def encodings(labels: np.ndarray | None = LABELS) -> Encodings:
    return Encodings(MU, None, labels, ("four", "nine", "none"))


def test_it_is_the_difference_of_the_mean_encodings() -> None:
    result = attribute("taller", encodings(), np.array([2, 3]), np.array([0]))
    assert result == Attribute("taller", (6.0, 6.0, 0.0))


def test_between_two_classes_it_leads_from_one_to_the_other() -> None:
    there, back = class_attribute(encodings(), 0, 1), class_attribute(encodings(), 1, 0)
    assert there == Attribute("nine → four", (5.0, 6.0, 0.0))
    assert back.vector == tuple(-value for value in there.vector)


@pytest.mark.parametrize("groups", [([], [1]), ([1], []), ([], [])])
def test_an_empty_group_is_refused_in_a_sentence(groups: tuple[list[int], list[int]]) -> None:
    first, second = (np.array(group, int) for group in groups)
    with pytest.raises(UserError, match="two groups"):
        attribute("nothing", encodings(), first, second)


def test_a_class_without_images_and_images_without_labels_are_refused() -> None:
    with pytest.raises(UserError, match="two groups"):
        class_attribute(encodings(), 2, 0)
    with pytest.raises(UserError, match="no labels"):
        class_attribute(encodings(None), 0, 1)


def test_it_is_added_with_each_strength() -> None:
    moved = apply((1.0, 1.0), Attribute("x", (2.0, -4.0)), np.array([-0.5, 0.0, 1.0]))
    assert moved.tolist() == [[0.0, 3.0], [1.0, 1.0], [3.0, -3.0]]


def test_at_full_strength_one_mean_becomes_the_other() -> None:
    start = tuple(MU[2:].mean(axis=0).tolist())
    moved = apply(start, class_attribute(encodings(), 1, 0), np.ones(1))
    assert moved[0] == pytest.approx(MU[:2].mean(axis=0))
