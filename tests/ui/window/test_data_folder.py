"""The folder of the data sets: what is found there is said and chosen."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog

from tests.core.datasets.io.idx_files import HYPHENS, encode
from tests.runtime.conftest import Collector
from tests.tiny import tiny_data


@pytest.fixture
def said(window) -> Collector:
    collector = Collector()
    window.context.notices.published.connect(collector.take)
    return collector


def choose(window, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """By the menu."""
    chosen = staticmethod(lambda *_: str(folder))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", chosen)
    menus = [action.menu() for action in window.menuBar().actions()]
    actions = [action for menu in menus if menu for action in menu.actions()]
    (action,) = [action for action in actions if action.text() == "Data folder…"]
    action.trigger()


def test_a_data_set_that_is_found_is_named_with_its_counts_and_chosen(
    window, said: Collector, monkeypatch, tmp_path: Path
) -> None:
    data, arrays = tiny_data(60, 40), []
    for split in (data.train, data.test):
        arrays += [split.images, (np.arange(len(split)) % 10).astype(np.uint8)]
    for name, array in zip(HYPHENS, arrays, strict=True):
        (tmp_path / name).write_bytes(encode(array))
    choose(window, monkeypatch, tmp_path)
    assert "MNIST found: 60 000 + 10 000 images" in said.values[0].text
    assert window.run_bar.dataset_box.name() == "mnist"
    assert window.context.settings.data_folder == tmp_path


def test_a_folder_without_any_says_what_to_do(
    window, said: Collector, monkeypatch, tmp_path: Path
) -> None:
    choose(window, monkeypatch, tmp_path)
    assert "holds none of MNIST" in said.values[0].text and "press Train" in said.values[0].text
    assert window.run_bar.dataset_box.name() == "digits"
