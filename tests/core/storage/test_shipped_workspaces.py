"""What a shipped file carries beside a model: moments with their decoders alone, and a few originals."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.core.storage.workspaces import same
from tests.tiny import through_a_file, tiny_config, tiny_data
from vae_gui.core.inference.engine import Engine
from vae_gui.core.storage import verified_container as sealed
from vae_gui.core.storage.workspace import Workspace, load, save
from vae_gui.core.storage.workspace_originals import sample_of
from vae_gui.core.support.errors import UserError
from vae_gui.core.vae.models.base import check_weights, restore
from vae_gui.core.vae.snapshot import Checkpoint, decoder_only, half
from vae_gui.core.vae.timeline import MIN_CAPACITY, Timeline, TimelineEntry
from vae_gui.core.vae.trainer import Trainer

DATA = tiny_data()
Z = np.array([[0.3, -1.2], [2.0, 0.1]], np.float32)


def shipped() -> Workspace:
    """A run of two steps: the first moment whole, the second a decoder, the last the model itself."""
    trainer = Trainer(tiny_config(), DATA, "run")
    moments = []
    for _ in range(3):
        encodings = trainer.encode(DATA.test, DATA.class_names)
        moments.append(TimelineEntry(trainer.snapshot(), encodings))
        trainer.step()
    first, second, last = moments
    second = replace(second, snapshot=decoder_only(half(second.snapshot)))
    timeline = Timeline(MIN_CAPACITY, (first, second, last))
    checkpoint = Checkpoint(trainer.config, last.snapshot, {})
    return Workspace("Bars", checkpoint, timeline=timeline, originals=sample_of(DATA, 12))


def test_moments_of_every_kind_come_back_as_they_were(tmp_path: Path) -> None:
    workspace = shipped()
    kept = through_a_file(workspace, tmp_path)
    assert kept.timeline is not None and workspace.timeline is not None
    assert [each.step for each in kept.timeline.entries] == [0, 1, 2]
    assert [each.snapshot.has_encoder for each in kept.timeline.entries] == [True, False, True]
    for before, after in zip(workspace.timeline.entries, kept.timeline.entries, strict=True):
        assert same(dict(before.snapshot.weights), dict(after.snapshot.weights))
        assert same(before.encodings, after.encodings)


def test_the_weights_of_the_model_are_stored_once(tmp_path: Path) -> None:
    workspace = shipped()
    assert workspace.timeline is not None
    first = replace(workspace.timeline, entries=workspace.timeline.entries[:1])
    sizes = []
    for number, timeline in enumerate((first, workspace.timeline)):
        path = tmp_path / f"{number}.vae"
        save(replace(workspace, timeline=timeline), path)
        sizes.append(path.stat().st_size)
    weights = workspace.timeline.entries[1].snapshot.weights.values()
    decoder = sum(array.nbytes for array in weights)
    assert decoder < sizes[1] - sizes[0] < 1.1 * decoder
    kept = load(tmp_path / "1.vae")
    assert kept.timeline is not None
    assert kept.timeline.entries[-1].snapshot.weights is kept.checkpoint.snapshot.weights


def test_a_decoder_alone_decodes_as_the_whole_model_and_does_not_encode() -> None:
    whole = half(Trainer(tiny_config(), DATA, "run").snapshot())
    engine = Engine(whole)
    expected = engine.decode(Z)
    engine.adopt(decoder_only(half(Trainer(tiny_config(seed=9), DATA, "run").snapshot())))
    assert not np.array_equal(engine.decode(Z), expected)
    engine.adopt(decoder_only(whole))
    assert np.array_equal(engine.decode(Z), expected)
    with pytest.raises(UserError, match="decoder alone"):
        engine.encode(DATA.test.images)


def test_a_model_cannot_be_trained_from_a_decoder_alone() -> None:
    snapshot = Trainer(tiny_config(), DATA, "run").snapshot()
    check_weights(restore(snapshot), snapshot)
    with pytest.raises(UserError, match="do not fit"):
        check_weights(restore(snapshot), decoder_only(snapshot))
    with pytest.raises(UserError, match="do not fit"):
        Trainer(tiny_config(), DATA, "run", Checkpoint(tiny_config(), decoder_only(snapshot), {}))


def test_a_decoder_that_is_not_whole_is_refused() -> None:
    snapshot = decoder_only(Trainer(tiny_config(), DATA, "run").snapshot())
    weights = dict(list(snapshot.weights.items())[1:])
    with pytest.raises(UserError, match="do not fit"):
        restore(replace(snapshot, weights=weights))


def test_a_sample_has_half_of_its_images_of_each_split_and_every_class(tmp_path: Path) -> None:
    kept = through_a_file(shipped(), tmp_path).originals
    assert kept is not None and kept.is_sample
    assert (kept.name, kept.title, kept.class_names) == ("digits", DATA.title, DATA.class_names)
    for split, whole in ((kept.train, DATA.train), (kept.test, DATA.test)):
        assert len(split) == 6 and split.labels is not None and whole.labels is not None
        assert set(split.labels) == {0, 1}
        for image, label in zip(split.images, split.labels, strict=True):
            same_image = (whole.images == image).all(axis=(1, 2))
            assert label in whole.labels[same_image]


@pytest.mark.parametrize(
    "change",
    [
        lambda tensors: tensors.update({"originals/test_images": np.zeros((6, 9, 9), np.uint8)}),
        lambda tensors: tensors.update({"originals/test_images": np.zeros((0, 28, 28), np.uint8)}),
        lambda tensors: tensors.update({"originals/train_labels": np.full(6, 2, np.int16)}),
        lambda tensors: tensors.update({"originals/train_labels": np.zeros(5, np.int16)}),
        lambda tensors: tensors.update({"originals/more": np.zeros(5, np.int16)}),
        lambda tensors: tensors.pop("originals/train_images"),
        lambda tensors: tensors.pop("timeline-decoder/" + LAST_WEIGHT),
        lambda tensors: tensors.update(
            {"timeline-decoder/" + LAST_WEIGHT: np.zeros((1, 3), np.float16)}
        ),
    ],
)
def test_what_contradicts_itself_is_refused(
    tmp_path: Path, change: Callable[[dict[str, np.ndarray]], object]
) -> None:
    path = tmp_path / "run.vae"
    save(shipped(), path)
    with path.open("rb") as file:
        document, tensors = sealed.unpack(file)
    change(tensors)
    path.write_bytes(sealed.pack(document, tensors))
    with pytest.raises(UserError, match="damaged"):
        load(path)


LAST_WEIGHT = next(reversed(decoder_only(Trainer(tiny_config(), DATA, "r").snapshot()).weights))
