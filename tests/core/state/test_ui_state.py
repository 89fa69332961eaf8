"""Choices survive as plain values, and what a file says wrongly is not taken."""

from dataclasses import dataclass
from enum import Enum

import pytest

from vae_gui.core.latent.traversal import PlaneOptions, RowOptions
from vae_gui.core.state.ui_state import as_values, unpack_panels, with_values


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Paint:
    colour: Colour = Colour.RED
    coats: int = 1
    label: int | None = None


def test_a_choice_comes_back_from_its_values() -> None:
    chosen = Paint(Colour.BLUE, 3, 7)
    assert as_values(chosen) == {"colour": "blue", "coats": 3, "label": 7}
    assert with_values(Paint(), as_values(chosen)) == chosen


def test_two_choices_of_one_panel_keep_apart() -> None:
    rows, plane = RowOptions(steps=7), PlaneOptions(size=9)
    values = as_values(rows, "row_") | as_values(plane, "plane_")
    assert with_values(RowOptions(), values, "row_") == rows
    assert with_values(PlaneOptions(), values, "plane_") == plane


def test_what_is_unknown_is_left_out_and_what_is_missing_stays() -> None:
    assert with_values(Paint(coats=2), {"gloss": True, "colour": "blue"}) == Paint(Colour.BLUE, 2)


@pytest.mark.parametrize("values", [{"size": 10**9}, {"size": "many"}, {"spacing": "odd"}])
def test_what_lies_outside_its_limits_is_not_taken(values: dict[str, object]) -> None:
    assert with_values(PlaneOptions(), values) == PlaneOptions()  # type: ignore[arg-type]


def test_an_unknown_member_is_not_taken() -> None:
    assert with_values(Paint(), {"colour": "green", "coats": 5}) == Paint()


@pytest.mark.parametrize("document", [[], {"samples": []}, {"samples": {"seed": [1]}}])
def test_a_document_of_another_shape_is_refused(document: object) -> None:
    with pytest.raises(TypeError):
        unpack_panels(document)
