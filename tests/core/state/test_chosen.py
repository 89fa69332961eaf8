"""What others changed is told from what the person chose, and can be put back."""

from dataclasses import replace

from vae_gui.core.state.chosen import Change, Chosen
from vae_gui.core.vae.config import TrainConfig

MINE = TrainConfig(threads=1, epochs=50, seed=7)
LESSON = "The lesson “Holes”"


def of_lesson(**values: float) -> Chosen[TrainConfig]:
    chosen = Chosen(MINE, MINE)
    return chosen.changed(replace(MINE, **values), LESSON)


def test_what_another_changed_is_named_with_what_it_was() -> None:
    chosen = of_lesson(beta=100.0, epochs=10)
    assert chosen.changes() == {"beta": Change(LESSON, 1.0), "epochs": Change(LESSON, 50)}
    chosen = chosen.changed(replace(chosen.now, beta=2.0), "The queue")
    assert chosen.changes()["beta"] == Change("The queue", 1.0)


def test_what_the_person_changes_is_their_own() -> None:
    chosen = of_lesson(beta=100.0, epochs=10)
    chosen = chosen.changed(replace(chosen.now, beta=4.0))
    assert chosen.changes() == {"epochs": Change(LESSON, 50)}
    assert chosen.own == replace(MINE, beta=4.0)


def test_one_is_put_back_or_all() -> None:
    chosen = of_lesson(beta=100.0, epochs=10)
    assert chosen.put_back("beta").now == replace(MINE, epochs=10)
    assert chosen.put_back("beta").changes() == {"epochs": Change(LESSON, 50)}
    assert chosen.all_put_back() == Chosen(MINE, MINE)


def test_one_that_does_not_go_with_the_others_comes_back_with_them() -> None:
    own = replace(MINE, em_from=0.6, em_until=0.8)
    chosen = Chosen(own, own).changed(replace(MINE, em_from=0.1, em_until=0.2), LESSON)
    assert chosen.put_back("em_from").now == own


def test_a_choice_of_the_person_that_goes_with_a_change_alone_accepts_it() -> None:
    chosen = of_lesson(em_from=0.1, em_until=0.8)
    chosen = chosen.changed(replace(chosen.now, em_from=0.5))
    assert chosen.own == chosen.now and chosen.changes() == {}
