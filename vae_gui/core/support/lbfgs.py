"""L-BFGS-B of SciPy (Byrd et al. 1995) from several starts, one after the other, so that it can be cancelled."""

from collections.abc import Callable, Generator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.support.imports import import_lock

Floats = NDArray[np.float64]
# (n, dim) -> the values (n,) and their gradients (n, dim)
Objective = Callable[[Floats], tuple[Floats, Floats]]


@dataclass(frozen=True, slots=True, eq=False)
class Minima:
    """points: (n, dim). values: (n,)."""

    points: Floats
    values: Floats


def minimise(
    objective: Objective, start: Floats, rounds: int, trials: int = 20
) -> Generator[int, None, Minima]:
    """Go down from each row of `start` (n, dim) in at most so many rounds, each of so many trials of a step; yields
    the number of rows that are done.

    A point whose value is no number stays where it is.
    """
    with import_lock():
        from scipy.optimize import minimize

    def of_one(z: Floats) -> tuple[float, Floats]:
        values, gradients = objective(z[None])
        return float(values[0]), gradients[0].astype(np.float64)

    options = {"maxiter": rounds, "maxls": trials}
    points = start.astype(np.float64)
    values = objective(points)[0].astype(np.float64)
    for index in np.flatnonzero(np.isfinite(values)):
        found = minimize(of_one, points[index], jac=True, method="L-BFGS-B", options=options)
        if found.fun < values[index]:
            points[index], values[index] = found.x, found.fun
        yield int(index) + 1
    return Minima(points, values)
