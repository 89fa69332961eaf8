"""StartPlace: where a model stands that nobody has explored yet follows what is known of its encodings."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject

from vae_gui.core.latent.start import start
from vae_gui.core.state.latent import LatentState
from vae_gui.core.support.types import Axes, Z
from vae_gui.runtime.explorer import Explorer
from vae_gui.runtime.library import Library
from vae_gui.runtime.training import Phase, Training


@dataclass(frozen=True, slots=True)
class _Unchosen:
    """The parts of a place that nobody has chosen: points are A, B and the cursor."""

    points: tuple[Z, Z, Z]
    axes: Axes


class StartPlace(QObject):
    """A, B and the cursor of an autoencoder stay at the centres of classes until the person moves one of
    them; the pad shows the two most informative dimensions from the end of a run on, unless others were chosen.
    """

    def __init__(self, library: Library, training: Training, explorer: Explorer) -> None:
        super().__init__(explorer)
        self._library, self._training, self._explorer = library, training, explorer
        self._unchosen: dict[str, _Unchosen] = {}  # by run id
        explorer.model_changed.connect(self._on_model_changed)
        explorer.scatter.changed.connect(self._follow)

    def _on_model_changed(self) -> None:
        model = self._library.shown
        assert model is not None
        if model.workspace.latent is None:
            self._unchosen[model.run_id] = _unchosen(self._explorer.latent)

    def _follow(self) -> None:
        """Go where the newest encodings say, as far as nobody has chosen otherwise."""
        explorer, run_id = self._explorer, self._explorer.weights.run_id
        before, encodings = self._unchosen.get(run_id), explorer.scatter.encodings
        if before is None or encodings is None or explorer.weights.entry is not None:
            return
        known, now = start(explorer.latent_dim, encodings), _unchosen(explorer.latent)
        points, axes = _unchosen(known).points, known.axes
        if now.points == before.points != points:
            self._unchosen[run_id] = before = replace(before, points=points)
            explorer.put(replace(explorer.latent, a=known.a, b=known.b, cursor=known.cursor))
        if now.axes == before.axes != axes and not self._learns(run_id):
            self._unchosen[run_id] = replace(before, axes=axes)
            self._show_axes(replace(explorer.latent, axes=axes))

    def _show_axes(self, latent: LatentState) -> None:
        """Show the axes, undoably if a command came before: its undoing would bring back the old axes by surprise."""
        if self._explorer.undo_stack.count():
            self._explorer.set_latent(latent, "Show the most informative dimensions")
        else:
            self._explorer.put(latent)

    def _learns(self, run_id: str) -> bool:
        run = self._training.run
        return self._training.phase is not Phase.IDLE and run is not None and run.run_id == run_id


def _unchosen(latent: LatentState) -> _Unchosen:
    return _Unchosen((latent.a, latent.b, latent.cursor), latent.axes)
