"""Docks that share a tab bar: only the one in front works."""


def test_panels_of_other_tabs_ask_nothing_until_their_tab_is_chosen(qtbot, window) -> None:
    docks, panels = window.docks.docks, window.docks.panels
    docks["curves"].raise_()
    qtbot.waitUntil(lambda: not panels["samples"].isVisible())
    assert "samples" not in window.context.explorer._questions
    docks["samples"].raise_()
    qtbot.waitUntil(lambda: "samples" in window.context.explorer._questions)
    docks["curves"].raise_()
    qtbot.waitUntil(lambda: "samples" not in window.context.explorer._questions)


def test_a_file_brings_its_arrangement_and_one_without_leaves_it(qtbot, window, tmp_path) -> None:
    session, docks = window.context.session, window.docks
    path = tmp_path / "arranged.vae"
    docks.docks["probe"].hide()
    with qtbot.waitSignal(session.saved):
        session.save(path, window._arrangement())
    docks.docks["probe"].show()
    with qtbot.waitSignal(session.opened):
        session.open(path)
    assert docks.docks["probe"].isHidden()
    docks.docks["probe"].show()
    with qtbot.waitSignal(session.saved):
        session.save(path)
    with qtbot.waitSignal(session.opened):
        session.open(path)
    assert not docks.docks["probe"].isHidden()
