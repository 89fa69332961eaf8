"""A file names own images, not their place: nothing is looked at before a person says where they are."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.core.datasets.own.own_files import strokes, write_folder
from tests.runtime.conftest import Collector
from tests.tiny import tiny_config
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.datasets.own.load import load_own
from vae_gui.core.datasets.own.source import OwnImages, portable_name
from vae_gui.core.storage import verified_container as container
from vae_gui.core.storage.workspace import Workspace, save
from vae_gui.core.support.progress import finish
from vae_gui.core.vae.trainer import Trainer
from vae_gui.runtime.context import Context
from vae_gui.runtime.image_places import ImagePlaces


@pytest.fixture
def source(tmp_path: Path) -> OwnImages:
    write_folder(tmp_path / "mine", strokes(40), ("a", "b"))
    return OwnImages(tmp_path / "mine", side=12)


@pytest.fixture
def data(source: OwnImages) -> ImageData:
    return finish(load_own(source)).data


@pytest.fixture
def file(tmp_path: Path, data: ImageData) -> Path:
    """Of a model of these images, as the app saves it."""
    config = replace(tiny_config("mlp-256", side=12), dataset=portable_name(data.name, data.digest))
    trainer = Trainer(config, data, "run")
    trainer.step()
    path = tmp_path / "run.vae"
    save(Workspace("Mine", trainer.checkpoint()), path)
    return path


@pytest.fixture
def older_file(file: Path, source: OwnImages) -> Path:
    """The same from a version that wrote the path."""
    with file.open("rb") as content:
        document, tensors = container.unpack(content)
    assert isinstance(document, dict)
    document["run"]["dataset"] = source.name
    file.write_bytes(container.pack(document, tensors))
    return file


@pytest.fixture
def untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks for own images fails the test."""
    monkeypatch.setattr(OwnImages, "is_there", lambda self: pytest.fail("looked for"))
    monkeypatch.setattr("vae_gui.runtime.datasets.load_own", lambda own: pytest.fail("walked"))


def opened(qtbot, context: Context, path: Path) -> None:
    with qtbot.waitSignal(context.explorer.model_changed):
        context.files.open(path)


def shown_dataset(context: Context) -> str:
    shown = context.library.shown
    assert shown is not None
    return shown.config.dataset


def test_opening_a_file_with_a_path_asks_and_looks_at_nothing(
    qtbot, context: Context, older_file: Path, source: OwnImages, untouched: None
) -> None:
    wanted = Collector()
    context.session.images_wanted.connect(wanted.take)
    opened(qtbot, context, older_file)
    context.session.look_for_images()
    assert wanted.values == [source.name]


@pytest.mark.parametrize("command", ["repeat_run", "continue_run", "branch"])
def test_a_run_of_unknown_images_asks_and_looks_at_nothing(
    qtbot, context: Context, older_file: Path, untouched: None, command: str
) -> None:
    opened(qtbot, context, older_file)
    wanted = Collector()
    context.session.images_wanted.connect(wanted.take)
    arguments = {"repeat_run": (), "continue_run": (1,), "branch": (None,)}[command]
    getattr(context.session, command)(*arguments)
    assert len(wanted.values) == 1


def test_a_confirmed_place_is_remembered_and_the_path_leaves_the_model(
    qtbot, context: Context, older_file: Path, source: OwnImages, data: ImageData
) -> None:
    opened(qtbot, context, older_file)
    with qtbot.waitSignal(context.datasets.loaded):
        context.session.use_images(source)
    assert context.explorer.scatter.images is not None
    assert shown_dataset(context) == portable_name(source.name, data.digest)
    kept = ImagePlaces(context.settings)
    assert kept.find(shown_dataset(context)) == source
    assert kept.find(source.name) == source


def test_images_whose_place_is_known_are_found_by_their_digest(
    qtbot, context: Context, file: Path, data: ImageData
) -> None:
    context.datasets.places.keep(data)
    with qtbot.waitSignal(context.datasets.loaded):
        context.files.open(file)
    assert context.explorer.scatter.images is not None
    assert context.explorer.scatter.images.digest == data.digest


def test_other_images_than_those_of_the_model_are_refused(
    qtbot, context: Context, file: Path, tmp_path: Path
) -> None:
    opened(qtbot, context, file)
    name = shown_dataset(context)
    write_folder(tmp_path / "others", strokes(30), ("a", "b"))
    with qtbot.waitSignal(context.notices.published) as failed:
        context.session.use_images(OwnImages(tmp_path / "others", side=12))
    assert "holds other images" in failed.args[0].text
    assert shown_dataset(context) == name
    assert context.explorer.scatter.images is None


def test_a_run_of_own_images_never_knows_their_path(
    qtbot, context: Context, source: OwnImages, data: ImageData
) -> None:
    with qtbot.waitSignal(context.training.ended):
        context.session.train(replace(tiny_config("mlp-256"), dataset=source.name))
    assert shown_dataset(context) == portable_name(source.name, data.digest)
