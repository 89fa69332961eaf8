"""The complete model of the first launch: originals without the data set, a timeline from the first second."""

from dataclasses import replace

import numpy as np
import pytest

from tests.runtime.conftest import entry
from tests.screen import panel
from tests.tiny import tiny_data
from vae_gui.core.inference.encode_split import encode
from vae_gui.core.inference.engine import NO_ENCODER
from vae_gui.core.storage.workspace_originals import sample_of
from vae_gui.core.support.progress import finish
from vae_gui.core.vae.snapshot import decoder_only, half
from vae_gui.core.vae.timeline import MIN_CAPACITY, Timeline, TimelineEntry
from vae_gui.runtime.library import OpenModel

DATA = tiny_data(train=60, test=60, name="mnist")


def complete() -> OpenModel:
    """Its data set is not here; it has three moments, of which the last is the model."""
    model = entry("shipped", steps=4)
    config = replace(model.config, dataset="mnist")
    snapshot = model.snapshot
    encodings = finish(encode(snapshot, DATA.test, DATA.class_names))
    earlier = [
        TimelineEntry(
            replace(decoder_only(half(entry("shipped", steps=step).snapshot)), step=step),
            encodings,
        )
        for step in (0, 2)
    ]
    workspace = replace(
        model.workspace,
        checkpoint=replace(model.workspace.checkpoint, config=config, optimizer={}),
        originals=sample_of(DATA, 40),
        encodings=encodings,
    )
    moments = (*earlier, TimelineEntry(snapshot, encodings))
    return replace(
        model, workspace=workspace, timeline=Timeline(MIN_CAPACITY, moments), unsaved=False
    )


@pytest.fixture
def shipped(window):
    window.context.library.add(complete())
    return window


def raised(qtbot, window, name: str):
    dock = window.docks.docks[name]
    dock.show()
    dock.raise_()
    shown = panel(window, name)
    qtbot.waitUntil(shown.isVisible)
    return shown


def test_reconstructions_are_of_the_originals_and_say_how_many_there_are(qtbot, shipped) -> None:
    reconstructions = raised(qtbot, shipped, "reconstructions")
    assert "20 Bars test images that the file brings" in reconstructions.note.text()
    assert reconstructions.get_button.isVisible()
    originals = shipped.context.explorer.scatter.images.test.images
    qtbot.waitUntil(lambda: reconstructions.grid.count() > 0)
    first = reconstructions.grid._images[0]
    assert any(np.array_equal(first, image) for image in originals)


def test_the_encodings_of_the_file_outlive_a_look_at_the_past(qtbot, shipped) -> None:
    explorer = shipped.context.explorer
    whole = explorer.scatter.encodings
    assert whole is not None and len(whole) == len(DATA.test)
    weights, moments = explorer.weights, shipped.context.library.shown.timeline.entries
    answered = []
    explorer.questions.answered.connect(lambda answer: answered.append(answer.channel))
    weights.show_entry(moments[0])
    assert explorer.scatter.encodings is moments[0].encodings
    weights.show_entry(None)
    assert explorer.scatter.encodings is whole
    qtbot.waitUntil(lambda: len(answered) > 2)
    assert "scatter" not in answered and explorer.scatter.encodings is whole


def test_a_moment_with_its_decoder_alone_says_so_where_an_encoder_is_needed(qtbot, shipped) -> None:
    weights = shipped.context.explorer.weights
    moments = shipped.context.library.shown.timeline.entries
    reconstructions = raised(qtbot, shipped, "reconstructions")
    qtbot.waitUntil(lambda: reconstructions.grid.count() > 0)
    published = []
    shipped.context.notices.published.connect(published.append)
    weights.show_entry(moments[1])
    qtbot.waitUntil(lambda: reconstructions.grid._empty_text == NO_ENCODER)
    assert reconstructions.grid.count() == 0
    weights.show_entry(None)
    qtbot.waitUntil(lambda: reconstructions.grid.count() > 0)
    assert not published


def test_a_drawing_at_such_a_moment_says_so_and_is_found_again_at_the_end(qtbot, shipped) -> None:
    explorer = shipped.context.explorer
    draw = raised(qtbot, shipped, "draw")
    stroke = ((0.5, 0.2), (0.5, 0.8))
    explorer.set_latent(replace(explorer.latent, strokes=(stroke,)))
    qtbot.waitUntil(lambda: draw.found is not None)
    explorer.weights.show_entry(shipped.context.library.shown.timeline.entries[1])
    qtbot.waitUntil(lambda: draw.note.text() == NO_ENCODER)
    assert draw.found is None and not draw.places.isEnabled()
    explorer.weights.show_entry(None)
    qtbot.waitUntil(lambda: draw.found is not None)
    assert not draw.note.isVisible()


def test_no_run_goes_on_from_a_decoder_alone(qtbot, shipped) -> None:
    context = shipped.context
    moments = context.library.shown.timeline.entries
    with qtbot.waitSignal(context.notices.published) as said:
        context.session.branch(moments[1])
    assert "decoder alone" in said.args[0].text
    assert len(context.library.models) == 2 and context.training.run is None


def test_a_probe_is_fitted_on_the_originals(qtbot, shipped) -> None:
    probe = raised(qtbot, shipped, "probe")
    assert probe.measure_button.isEnabled()
    probe.measure()
    qtbot.waitUntil(lambda: probe.result is not None and probe.result.pixels is not None)
    assert "Fitted on 20 of 20 training images, scored on 20 test images" in probe.note.text()
