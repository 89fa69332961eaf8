"""Names on the pad stand apart."""

from itertools import combinations

from PySide6.QtCore import QRectF

from vae_gui.ui.plane.path_marks import free_place


def test_names_at_one_place_are_put_one_above_the_other() -> None:
    taken: list[QRectF] = []
    wanted = QRectF(10, 100, 60, 18)
    places = [free_place(wanted, taken) for _ in range(5)]
    assert places[0] == wanted
    assert places == taken
    assert not any(one.intersects(other) for one, other in combinations(places, 2))
    assert max(abs(place.y() - wanted.y()) for place in places) <= 2 * 19


def test_a_name_with_room_stays_where_it_is() -> None:
    taken = [QRectF(0, 0, 50, 18)]
    assert free_place(QRectF(60, 0, 50, 18), taken) == QRectF(60, 0, 50, 18)


def test_where_all_is_taken_it_stays() -> None:
    taken = [QRectF(0, -500, 100, 1000)]
    assert free_place(QRectF(10, 0, 50, 18), taken) == QRectF(10, 0, 50, 18)
