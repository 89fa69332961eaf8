"""Questions to a model as frozen values: each captures all it needs, and its answer is a function of one snapshot.

A request answers in parts of at most PART images, so that a small question never waits long for a big one.
Equality decides whether a question is already being answered. No torch is imported here.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.vae.encodings import FloatArray

if TYPE_CHECKING:
    from vae_gui.core.inference.engine import Engine

MAX_BATCH = 64
Value = TypeVar("Value")
ValueT_co = TypeVar("ValueT_co", covariant=True)
Answering = Generator[None, None, Value]


class EngineRequest(Protocol[ValueT_co]):
    """`answer` yields after each part and returns the value; `cost` is as many images as take as long."""

    @property
    def cost(self) -> int: ...

    def answer(self, engine: Engine) -> Answering[ValueT_co]: ...


class Frozen:
    """A read-only copy of an array, compared by value."""

    __slots__ = ("array",)

    def __init__(self, array: NDArray[np.generic]) -> None:
        self.array = np.array(array, order="C")
        self.array.flags.writeable = False

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, Frozen)
            and self.array.dtype == other.array.dtype
            and np.array_equal(self.array, other.array)
        )

    def __hash__(self) -> int:
        return hash((self.array.shape, self.array.dtype.str))

    def __len__(self) -> int:
        return len(self.array)


@dataclass(frozen=True, slots=True)
class Decode:
    """z: (n, latent_dim) float32 -> mean images (n, side, side) uint8."""

    z: Frozen

    @classmethod
    def of(cls, z: NDArray[np.floating]) -> Decode:
        return cls(Frozen(np.atleast_2d(z).astype(np.float32)))

    @property
    def cost(self) -> int:
        return len(self.z)

    def answer(self, engine: Engine) -> Answering[NDArray[np.uint8]]:
        images = np.empty((len(self.z), engine.side, engine.side), np.uint8)
        for part in _parts(len(self.z)):
            images[part] = engine.decode(self.z.array[part])
            yield
        return images


def decode_together(requests: Sequence[Decode]) -> Decode:
    """One request for all their images in turn: a pass of ten costs little more than a pass of five."""
    return Decode(Frozen(np.concatenate([request.z.array for request in requests])))


def answers_apart(requests: Sequence[Decode], images: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """The answer of `decode_together` as one for each request."""
    ends = np.cumsum([request.cost for request in requests])
    return np.split(images, ends[:-1])


@dataclass(frozen=True, slots=True)
class Encode:
    """x: (n, side, side) uint8 -> mu and logvar (n, latent_dim) float32; logvar None for a point encoder."""

    x: Frozen

    @property
    def cost(self) -> int:
        return len(self.x)

    def answer(self, engine: Engine) -> Answering[tuple[FloatArray, FloatArray | None]]:
        mus, logvars = [], []
        for part in _parts(len(self.x)):
            mu, logvar = engine.encode(self.x.array[part])
            mus.append(mu)
            logvars.append(logvar)
            yield
        known = [logvar for logvar in logvars if logvar is not None]
        return np.concatenate(mus), np.concatenate(known) if known else None


@dataclass(frozen=True, slots=True)
class Reconstruct:
    """x: (n, side, side) uint8 -> the mean images of decode(μ), the same shape."""

    x: Frozen

    @property
    def cost(self) -> int:
        return len(self.x)

    def answer(self, engine: Engine) -> Answering[NDArray[np.uint8]]:
        images = np.empty(self.x.array.shape, np.uint8)
        for part in _parts(len(self.x)):
            images[part] = engine.decode(engine.encode(self.x.array[part])[0])
            yield
        return images


def _parts(count: int) -> Iterator[slice]:
    return (slice(start, min(start + MAX_BATCH, count)) for start in range(0, count, MAX_BATCH))


BACKGROUND_COST = MAX_BATCH + 1  # images of a request that is long, though it decodes none
