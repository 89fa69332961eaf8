"""Quick answers: the digit at one z, decoded within the event that asks, where the model is quick enough for that.

No torch is needed: the first digit is there before torch is loaded.
"""

import time

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.inference.quick_decoder import QuickDecoder, can_decode
from vae_gui.core.inference.requests import Decode, EngineRequest
from vae_gui.core.vae.config import ModelConfig
from vae_gui.core.vae.snapshot import Snapshot

MAX_SECONDS = 2e-3
TRIALS = 5


class QuickAnswers:
    """Knows the weights that are shown, and of each kind of model whether one digit takes less than MAX_SECONDS."""

    def __init__(self) -> None:
        self._is_quick: dict[ModelConfig, bool] = {}
        self._snapshot: Snapshot | None = None
        self._decoder: QuickDecoder | None = None
        self._last: tuple[Decode, NDArray[np.uint8]] | None = None

    def use(self, snapshot: Snapshot) -> None:
        """Answer with these weights from now on."""
        self._snapshot, self._decoder, self._last = snapshot, None, None

    def value(self, request: EngineRequest[object]) -> NDArray[np.uint8] | None:
        """The images of a Decode of one z, (1, side, side); None for what the thread is to answer."""
        snapshot = self._snapshot
        if not isinstance(request, Decode) or len(request.z) != 1 or snapshot is None:
            return None
        z = request.z.array[0]
        if len(z) != snapshot.model.latent_dim:
            return None  # of the model that was shown before
        if not self._is_quick.get(snapshot.model, can_decode(snapshot.model)):
            return None
        if self._decoder is None:
            self._decoder = QuickDecoder(snapshot)
        if snapshot.model not in self._is_quick:
            quickest = min(_seconds(self._decoder, z) for _ in range(TRIALS))
            self._is_quick[snapshot.model] = quickest < MAX_SECONDS
            return self.value(request)
        if self._last is None or self._last[0] != request:  # two panels show the same digit
            self._last = request, self._decoder.decode(z)[None]
        return self._last[1]


def _seconds(decoder: QuickDecoder, z: NDArray[np.float32]) -> float:
    began = time.perf_counter()
    decoder.decode(z)
    return time.perf_counter() - began
