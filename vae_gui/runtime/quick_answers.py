"""Quick answers: the digit at one z, decoded within the event that asks, where the model is quick enough for that."""

import time

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.inference.quick_decoder import DecoderStep, QuickDecoder
from vae_gui.core.inference.requests import Decode, Request
from vae_gui.core.vae.config import ModelConfig
from vae_gui.core.vae.snapshot import Snapshot

MOST_SECONDS = 2e-3
TRIALS = 5


class QuickAnswers:
    """Knows the weights that are shown, and of each kind of model whether one digit takes less than MOST_SECONDS."""

    def __init__(self) -> None:
        self._steps: dict[ModelConfig, tuple[DecoderStep, ...]] = {}
        self._tried: set[ModelConfig] = set()
        self._snapshot: Snapshot | None = None
        self._decoder: QuickDecoder | None = None
        self._last: tuple[Decode, NDArray[np.uint8]] | None = None

    def learn(self, model: ModelConfig, steps: tuple[DecoderStep, ...]) -> None:
        """What decodes models of this kind; no steps where nothing here can."""
        self._steps.setdefault(model, steps)

    def use(self, snapshot: Snapshot) -> None:
        """Answer with these weights from now on."""
        self._snapshot, self._decoder, self._last = snapshot, None, None

    def value(self, request: Request[object]) -> NDArray[np.uint8] | None:
        """The images of a Decode of one z, (1, side, side); None for what the thread is to answer."""
        if not isinstance(request, Decode) or len(request.z) != 1 or self._snapshot is None:
            return None
        model, z = self._snapshot.model, request.z.array[0]
        steps = self._steps.get(model, ())
        if not steps:
            return None
        if self._decoder is None:
            self._decoder = QuickDecoder(self._snapshot, steps)
        if model not in self._tried:
            self._tried.add(model)
            if min(_seconds(self._decoder, z) for _ in range(TRIALS)) > MOST_SECONDS:
                self._steps[model], self._decoder = (), None
                return None
        if self._last is None or self._last[0] != request:  # two panels show the same digit
            self._last = request, self._decoder.decode(z)[None]
        return self._last[1]


def _seconds(decoder: QuickDecoder, z: NDArray[np.float32]) -> float:
    began = time.perf_counter()
    decoder.decode(z)
    return time.perf_counter() - began
