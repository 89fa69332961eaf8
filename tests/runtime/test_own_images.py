"""Own images are trained on, kept under their name, and found again with a model that was trained on them."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.core.datasets.own.own_files import strokes, write_folder
from tests.runtime.conftest import Collector, entry
from tests.tiny import tiny_config
from vae_gui.core.datasets.own.source import OwnImages, OwnReference, own_reference
from vae_gui.runtime.context import Context
from vae_gui.runtime.training import Phase


@pytest.fixture
def source(tmp_path: Path) -> OwnImages:
    write_folder(tmp_path / "mine", strokes(40), ("a", "b"))
    return OwnImages(tmp_path / "mine", side=12)


def test_own_images_are_loaded_by_their_name(qtbot, context: Context, source: OwnImages) -> None:
    datasets = context.datasets
    assert datasets.is_local(source.name)
    with qtbot.waitSignal(datasets.loaded):
        datasets.load(source.name)
    data = datasets.get(source.name)
    assert data is not None
    assert (data.name, data.side, data.class_names) == (source.name, 12, ("a", "b"))


def test_the_same_folder_read_otherwise_is_another_data_set(
    qtbot, context: Context, source: OwnImages
) -> None:
    with qtbot.waitSignal(context.datasets.loaded):
        context.datasets.load(source.name)
    assert context.datasets.get(replace(source, side=20).name) is None


def test_what_was_left_out_is_said_once(qtbot, context: Context, source: OwnImages) -> None:
    (source.path / "a" / "0000.png").write_bytes(b"broken")
    with qtbot.waitSignal(context.notices.published) as noticed:
        context.datasets.load(source.name)
    assert noticed.args[0].text == ("1 image of “mine” left out: a/0000.png (it cannot be read).")


def test_a_source_that_is_gone_is_one_sentence(qtbot, context: Context, source: OwnImages) -> None:
    shutil.rmtree(source.path)
    assert not context.datasets.is_local(source.name)
    with qtbot.waitSignal(context.notices.published) as failed:
        context.datasets.load(source.name)
    assert "“mine” is not in" in failed.args[0].text


def test_a_name_that_nobody_knows_is_one_sentence(qtbot, context: Context) -> None:
    failures = Collector()
    context.notices.published.connect(failures.take)
    context.datasets.load("from-a-later-version")
    assert [notice.text for notice in failures.values] == [
        "This version knows no data set “from-a-later-version”: choose another one."
    ]


def test_a_model_of_own_images_finds_them_again(
    qtbot, context: Context, source: OwnImages, tmp_path: Path
) -> None:
    config = replace(tiny_config("mlp-256"), dataset=source.name)
    with qtbot.waitSignal(context.training.ended):
        context.session.train(config)
    assert context.training.phase is Phase.IDLE
    trained = context.library.shown
    assert trained is not None
    assert trained.config.model.side == 12
    with qtbot.waitSignal(context.files.saved):
        context.files.save(tmp_path / "mine.vae")

    context.datasets._in_memory.clear()
    with qtbot.waitSignal(context.datasets.loaded):
        context.files.open(tmp_path / "mine.vae")

    assert context.explorer.scatter.images is not None
    assert context.explorer.scatter.images.name == source.name


def test_images_that_are_offered_for_two_models_reach_each_its_own(
    qtbot, context: Context, source: OwnImages, tmp_path: Path
) -> None:
    write_folder(tmp_path / "others", strokes(30), ("c", "d"))
    others = OwnImages(tmp_path / "others", side=28)
    for run_id, offered in (("one", replace(source, side=28)), ("two", others)):
        model = entry(run_id)
        config = replace(model.config, dataset=OwnReference("unknown", 28, "auto", 0).name)
        checkpoint = replace(model.workspace.checkpoint, config=config)
        workspace = replace(model.workspace, checkpoint=checkpoint)
        context.library.add(replace(model, workspace=workspace))
        context.session.use_images(
            offered
        )  # the first is not there yet when the second is asked for
    qtbot.waitUntil(lambda: not context.jobs.running)
    names = {model.run_id: model.config.dataset for model in context.library.models}
    references = {run_id: own_reference(name) for run_id, name in names.items()}
    assert references["one"].title == "mine" and references["two"].title == "others"
    assert references["one"].digest and references["two"].digest
