"""The reach of a traversal or a grid along a dimension, as `--range` and `--percentiles` say."""

import argparse
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vae_gui.cli.endpoints import MAX_COORDINATE, LatentPointParser
from vae_gui.core.latent.sampling import standard_quantiles
from vae_gui.core.support.errors import UserError

PERCENTILES = (0.05, 0.95)


@dataclass(frozen=True, slots=True)
class Reach:
    """The reach along a dimension: over a range, by percentiles, or over the codes of an autoencoder."""

    options: argparse.Namespace
    places: LatentPointParser
    count: int

    def values(
        self, dimension: int, middle: float, limits: list[float] | None = None
    ) -> NDArray[np.float64]:
        """Return the values from low to high, (count,)."""
        limits = limits or self.options.range
        if limits is not None:
            if len(limits) != 2 or not -MAX_COORDINATE <= limits[0] < limits[1] <= MAX_COORDINATE:
                raise UserError(
                    "--range takes a low and a high end, as in --range -3 3, "
                    f"of at most {MAX_COORDINATE:,.0f}."
                )
            return np.linspace(limits[0], limits[1], self.count)
        codes = self.places.codes(dimension)
        if codes is None:
            return middle + standard_quantiles(self.count, *self._percentiles())
        if self.options.percentiles is not None:
            raise UserError(
                "A plain autoencoder has no prior and so no percentiles: leave --percentiles out "
                "to run over its codes, or choose a --range."
            )
        return np.linspace(*codes, self.count)

    def _percentiles(self) -> tuple[float, float]:
        low, high = self.options.percentiles or PERCENTILES
        if not 0 < low < high < 1:
            raise UserError("--percentiles takes a low and a high one between 0 and 1.")
        return low, high
