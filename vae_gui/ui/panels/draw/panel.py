"""The draw panel: an image drawn, dropped or pasted, with its posterior, reconstruction and log p(x)."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from vae_gui.core.analysis.image_posterior import ImagePosterior, InferPosterior
from vae_gui.core.datasets import is_centred
from vae_gui.core.inference.requests import Frozen
from vae_gui.core.pictures.drawing import (
    Picture,
    PreprocessedImage,
    prepare_drawing,
    prepare_picture,
)
from vae_gui.core.pictures.strokes import rasterise_strokes
from vae_gui.core.state.drag import DragId
from vae_gui.core.state.latent import Stroke
from vae_gui.core.state.ui_state import Scalar, Values, as_values, with_values
from vae_gui.core.support.types import Pixels, Z
from vae_gui.core.vae.models import MODELS
from vae_gui.runtime.context import Context
from vae_gui.runtime.inference_thread import Answer
from vae_gui.runtime.live.log_evidence import LiveLogEvidence
from vae_gui.runtime.overrides import qt_override
from vae_gui.ui.panels.draw.canvas import Canvas
from vae_gui.ui.panels.draw.completing import Completing
from vae_gui.ui.panels.draw.completions_row import CompletionsRow
from vae_gui.ui.panels.draw.freshness import Freshness
from vae_gui.ui.panels.draw.log_evidence_form import POINT, LogEvidenceForm
from vae_gui.ui.panels.draw.numbers import DrawNumbers
from vae_gui.ui.panels.draw.on_pad import OnPad, is_place, place_of
from vae_gui.ui.panels.draw.picture_reader import PictureReader
from vae_gui.ui.panels.draw.source import SetSource, Source, is_picture
from vae_gui.ui.panels.draw.spoken import DrawSpoken
from vae_gui.ui.panels.draw.tiles import DrawPlaces, DrawTiles, lay_out
from vae_gui.ui.panels.draw.tools import DrawTools
from vae_gui.ui.panels.draw.typicality_form import TypicalityForm
from vae_gui.ui.parts.digit_actions import copy_digit, show_digit_menu
from vae_gui.ui.parts.panel import Panel, RefreshOn
from vae_gui.ui.style.keys import with_keys
from vae_gui.ui.widgets.label import Label

INVITATION = "Draw here, drop a picture, or paste one with {key:Ctrl+V}"
EVEN = "This picture is one even surface: there is nothing to encode."
CHANNEL = "draw"
CANVAS_SHARE = 0.42  # of the panel's width
MIN_CANVAS, MAX_CANVAS, ROUND_CANVAS = 80, 360, 24  # pixels
MIN_TOOLS = 270  # pixels across


class DrawPanel(Panel):
    """The drawing is a part of the latent state, so that it is undone with all else.

    A stroke leads the cursor to where it lies. Signals: `traverse_requested()`, once the cursor is there;
    `zoom_requested()`.
    """

    refresh_on = RefreshOn.PATH

    traverse_requested = Signal()
    zoom_requested = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.canvas = Canvas("Canvas", with_keys(INVITATION), self)
        self.tools = DrawTools(self)
        self.tiles = DrawTiles(self)
        self.numbers = DrawNumbers(self)
        self.completions = CompletionsRow(self)
        self.asked = LogEvidenceForm(self)
        self.typicality = TypicalityForm(self)
        self.places = DrawPlaces(self, self.typicality)
        self.note, self.answer = Label(self), Label(self)
        self.answer.setWordWrap(True)
        self.log_evidence = LiveLogEvidence(context, self)
        self.watch_while_visible(self.log_evidence)
        self.source = Source()
        self.prepared: PreprocessedImage | None = None
        self.found: ImagePosterior | None = None
        self._prepared_from: object = None
        self._problem = ""
        self._on_pad, self._spoken = OnPad(self), DrawSpoken(self)
        self.completing, self.freshness = Completing(self), Freshness(self)
        self._request: InferPosterior | None = None
        self._reader = PictureReader(context, self)
        self.setAcceptDrops(True)
        shown = (self.tools, self.answer, self.tiles, self.completions, self.numbers)
        parts = (*shown, self.asked, self.places)
        self._drawn = lay_out(self, self.canvas, parts, self.note)
        self._connect()

    @qt_override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """The canvas is as large as the panel lets it, whatever is found."""
        super().resizeEvent(event)
        room = self.height() - self.tools.sizeHint().height() - ROUND_CANVAS
        side = min(MAX_CANVAS, round(CANVAS_SHARE * self.width()), room)
        side = max(MIN_CANVAS, side)
        self.canvas.setMaximumSize(side, side)
        self._drawn.setMaximumWidth(max(side, MIN_TOOLS))

    def set_model(self) -> None:
        self.found = None
        self.asked.set_space(self.explorer.latent_dim, self._is_point())

    def refresh(self) -> None:
        strokes, tools = self.explorer.latent.strokes, self.tools
        picture = self.source.picture
        self.canvas.set_strokes(strokes, tools.settings.brush)
        self.canvas.set_picture(None if picture is None else picture.grey)
        self._prepare(strokes)
        self.completing.follow()
        self.typicality.set_image(None if self.prepared is None else self.prepared.image)
        tools.show_state(self.prepared, picture is not None, self._centred())
        if self.prepared is None:
            self._show_nothing()
            return
        self._request = InferPosterior(Frozen(self.prepared.image[None]), tools.settings.seed)
        self.tiles.show_input(self.prepared.image)
        self.ask(CHANNEL, self._request, self._show, self._show_problem)
        self.freshness.ask(self._request)
        self._follow()

    def state(self) -> dict[str, Scalar]:
        return as_values(self.tools.settings)

    def restore_state(self, values: Values) -> None:
        self.tools.set_settings(with_values(self.tools.settings, values))

    def take(self, mime: QMimeData) -> bool:
        """Show what was dropped or pasted; False where that is no picture."""
        return self._reader.take(mime)

    def paste(self) -> None:
        """Show the picture in the clipboard."""
        self._reader.paste()

    def open_file(self, path: Path) -> None:
        self._reader.open_file(path)

    def clear(self) -> None:
        """An empty canvas, of which nothing is unknown, in one step of undo."""
        stack = self.explorer.undo_stack
        stack.beginMacro("Clear the canvas")
        self._set_source(Source(), "Clear the canvas")
        bare = replace(self.explorer.latent, strokes=(), unknown=())
        self.explorer.set_latent(bare, "Clear the canvas")
        stack.endMacro()

    def _prepare(self, strokes: tuple[Stroke, ...]) -> None:
        """Anew only where something has changed: the latent state moves often."""
        snapshot = self.explorer.weights.snapshot
        side = 28 if snapshot is None else snapshot.model.side
        brush, centred = self.tools.settings.brush, self._centred()
        made_from = (strokes, brush, self.source, side, centred)
        if made_from == self._prepared_from:
            return
        self._prepared_from = made_from
        if self.source.picture is not None:
            picture, invert = self.source.picture, self.source.invert
            self.prepared = prepare_picture(picture, side, centred=centred, invert=invert)
        else:
            pixels = rasterise_strokes(strokes, brush)
            self.prepared = prepare_drawing(pixels, side, centred=centred)

    def _centred(self) -> bool:
        entry, chosen = self.context.library.shown, self.tools.settings.centred
        if chosen is not None:
            return chosen
        whole = not self.explorer.latent.unknown  # the centre of half a digit is elsewhere
        return entry is not None and is_centred(entry.config.dataset) and whole

    def _is_point(self) -> bool:
        snapshot = self.explorer.weights.snapshot
        return snapshot is not None and MODELS[snapshot.model.architecture].deterministic

    def _set_source(self, source: Source, text: str) -> None:
        if source.picture is not self.source.picture or source.invert != self.source.invert:
            self.explorer.undo_stack.push(SetSource(self._put_source, self.source, source, text))

    def _put_source(self, source: Source) -> None:
        self.source = source
        self._refresh_if_visible()

    def _show_nothing(self) -> None:
        self._request = self.found = None
        self.freshness.clear()
        self._problem = ""
        self.forget(CHANNEL)
        self.log_evidence.ask(None, None)
        self.explorer.set_posterior(None)
        self.tiles.clear()
        self.numbers.show_interpretation(None)
        self.places.setEnabled(False)
        self._show_evidence()

    def _show(self, answer: Answer[ImagePosterior]) -> None:
        if answer.request != self._request or self.prepared is None:
            return
        self.found, self._problem = answer.value, ""
        self.freshness.take(answer)
        self.tiles.show_found(self.prepared.image, self.found)
        self.numbers.show_interpretation(self.found)
        self.places.setEnabled(is_place(self.found))
        self._on_pad.take(self.found)
        self._follow()
        self._show_evidence()

    def _show_problem(self, text: str) -> None:
        """Why nothing was found."""
        self.found, self._problem = None, text
        self.freshness.clear()
        if self.prepared is not None:
            self.tiles.clear()
            self.tiles.show_input(self.prepared.image)
        self.numbers.show_interpretation(None)
        self.places.setEnabled(False)
        self._show_evidence()

    def _follow(self) -> None:
        wanted = self.prepared is not None and self.asked.wanted
        image = self.prepared.image if self.prepared is not None and wanted else None
        self.log_evidence.ask(image, self.asked.bound_samples if wanted else None)

    def _show_evidence(self) -> None:
        live = self.log_evidence
        self.numbers.show_evidence(live.value)
        self.asked.show_progress(live.progress, live.busy)
        self.asked.setVisible(not self._is_point())
        empty_picture = self.prepared is None and self.source.picture is not None
        text = EVEN if empty_picture else POINT if self._is_point() else live.problem
        text = self._problem or text
        self.note.setText(text)
        self.note.setVisible(bool(text))
        self._on_pad.show(self.found, None if live.value is None else live.value.exact)
        self._spoken.show()

    def _connect(self) -> None:
        self._reader.read.connect(self._on_read)
        self.canvas.drawn.connect(self._on_drawn)
        self.canvas.cleared.connect(self.clear)
        self.tools.changed.connect(self._refresh_if_visible)
        self.tools.invert_toggled.connect(self._on_invert)
        self.tools.open_button.clicked.connect(self._reader.choose)
        self.tools.clear_button.clicked.connect(self.clear)
        self.asked.changed.connect(self._on_asked)
        self.log_evidence.changed.connect(self._show_evidence)
        self.places.chosen.connect(self._on_place)
        self.tiles.menu_requested.connect(self._on_menu)
        self.tiles.copy_requested.connect(copy_digit)
        self.tiles.chosen.connect(self.explorer.move_cursor)

    def _on_drawn(self, strokes: tuple[Stroke, ...], drag_id: DragId) -> None:
        if self.source.picture is not None:
            self.clear()
        self._on_pad.lead(drag_id)
        self.explorer.set_latent(replace(self.explorer.latent, strokes=strokes), "Draw", drag_id)

    def _on_invert(self, on: bool) -> None:
        self._set_source(replace(self.source, invert=on), "Invert the picture")

    def _on_read(self, picture: Picture) -> None:
        self._set_source(Source(picture), "Show a picture")

    def _on_asked(self) -> None:
        self._follow()
        self._show_evidence()

    def _on_place(self, name: str) -> None:
        if name == "zoom":
            self.zoom_requested.emit()
        elif self.found is not None and name in ("A", "B"):
            self.explorer.set_endpoint(name, place_of(self.found))
        elif self.found is not None:
            self.explorer.move_cursor(place_of(self.found))
        if name == "traversal":
            self.traverse_requested.emit()

    def _on_menu(self, image: Pixels, z: Z | None, position: QPoint) -> None:
        show_digit_menu(self, self.context, image, z, position)

    @qt_override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if is_picture(event.mimeData()):
            event.acceptProposedAction()

    @qt_override
    def dropEvent(self, event: QDropEvent) -> None:
        self.take(event.mimeData())
