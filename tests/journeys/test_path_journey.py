"""A person compares the ways from one digit to another, takes the best, and exports it and a drag."""

from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtWidgets import QFileDialog

from tests.screen import drag, pad_of, panel


def save_as(monkeypatch, path: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))


def test_compare_paths_and_export_the_best_and_a_drag(
    qtbot, window, monkeypatch, tmp_path: Path
) -> None:
    explorer, lab = window.context.explorer, window.context.path_lab
    encodings = explorer.scatter.encodings
    for name, label in (("A", 4), ("B", 9)):
        centre = np.median(encodings.mu[encodings.labels == label], axis=0)
        explorer.set_endpoint(name, tuple(centre.tolist()))
    window.docks.docks["paths"].raise_()
    qtbot.waitUntil(lambda: lab.searches["geodesic"].live.up_to_date)
    qtbot.waitUntil(lambda: all(lab.measured(name) for name in lab.names()))
    straight, shortest = lab.measured("straight"), lab.measured("geodesic")
    assert shortest.length <= straight.length * 1.001

    panel(window, "paths").rows["geodesic"].button.click()
    assert explorer.latent.path == "geodesic"
    view = pad_of(window)
    assert np.allclose(view.marks.path, lab.points(explorer.latent.frames))
    drag(qtbot, view, (0.2, 0.2), (0.5, 0.5), (1.0, 0.5), (1.0, 1.0))

    form = window.export_form
    form.set_sources(lab.names(), explorer.drag_recorder.last is not None)
    for source in ("geodesic", "last drag"):
        path = tmp_path / f"{source.replace(' ', '-')}.gif"
        save_as(monkeypatch, path)
        form.source_box.setCurrentIndex(form.source_box.findData(source))
        with qtbot.waitSignal(
            window.context.notices.published,
            check_params_cb=lambda notice: notice.path is not None,
        ):
            form.save_button.click()
        with Image.open(path) as image:
            assert image.n_frames > 10
