"""Image data comes into memory once, in the background."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.runtime.conftest import Collector
from tests.tiny import tiny_data
from vae_gui.core.datasets import DATASETS
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Job, Progress
from vae_gui.runtime.context import Context


def test_data_is_loaded_once_and_then_there_at_once(qtbot, context: Context) -> None:
    datasets = context.datasets
    assert datasets.get("digits") is None
    with qtbot.waitSignal(datasets.loaded) as first:
        datasets.load("digits")
        datasets.load("digits")
    loaded = Collector()
    datasets.loaded.connect(loaded.take)
    datasets.load("digits")
    assert loaded.values == [first.args[0]]
    assert datasets.get("digits") is first.args[0]


def test_what_is_local_needs_no_network(context: Context, tmp_path: Path) -> None:
    assert context.datasets.is_local("digits")
    assert not context.datasets.is_local("mnist")
    assert not context.datasets.is_local("of another version")


def test_a_folder_without_the_files_is_one_sentence(
    qtbot, context: Context, tmp_path: Path
) -> None:
    context.datasets.folder = tmp_path
    with qtbot.waitSignal(context.notices.published) as failed:
        context.datasets.load("mnist")
    assert "choose the folder that holds them" in failed.args[0].text


def test_after_a_failure_it_can_be_tried_again(
    qtbot, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = []

    def load(folder: Path, download: bool) -> Job[object]:
        yield Progress(0, None, "Trying")
        if not allowed:
            raise UserError("Connect to a network.")
        return tiny_data()

    monkeypatch.setitem(DATASETS, "digits", replace(DATASETS["digits"], load=load))
    with qtbot.waitSignal(context.notices.published):
        context.datasets.load("digits")
    qtbot.waitUntil(lambda: not context.jobs.running)
    allowed.append(True)
    with qtbot.waitSignal(context.datasets.loaded):
        context.datasets.load("digits")


def test_an_unknown_data_set_is_one_sentence(qtbot, context: Context) -> None:
    with qtbot.waitSignal(context.notices.published) as failed:
        context.datasets.load("of another version")
    assert "choose another one" in failed.args[0].text
