"""The class colours of both themes: searched for, and the figures that are stored beside them.

    python -m benchmarks.class_colors

Ten colours for each ground, of which every pair is far apart in CAM02-UCS (Luo et al. 2006), for the usual
eye and for the three kinds of dichromat (simulated after Machado et al. 2009), and each stands out
from the ground by at least 3:1 (WCAG 2.2, 1.4.11). Needs colorspacious.
"""

import warnings

import numpy as np
from numpy.typing import NDArray

from vae_gui.ui.style.colors import DARK, LIGHT, Theme
from vae_gui.ui.style.colors import rgb as channels

CLASSES = 10
MIN_CONTRAST = 3.0
FAR_APART = 20.0
EYES = ("normal", "deuteranomaly", "protanomaly", "tritanomaly")
MIN_CHROMA = 18.0  # no greys, which are the colour of what is faded
LIGHTNESS = (28.0, 90.0)  # J' of CAM02-UCS: neither as black as text nor as white as glare
ROUNDS, STARTS = 30_000, 8
LEVELS = np.linspace(0, 255, 18)
Colors = NDArray[np.float64]


def appearance(rgb: Colors) -> Colors:
    """rgb: (n, 3) in 0…255 -> CAM02-UCS of every eye, (4, n, 3)."""
    from colorspacious import cspace_convert

    seen = [np.asarray(rgb, float)]
    for eye in EYES[1:]:
        space = {"name": "sRGB1+CVD", "cvd_type": eye, "severity": 100}
        seen.append(255 * np.clip(cspace_convert(rgb / 255, space, "sRGB1"), 0, 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # roots of tiny negative numbers, at black
        return np.array([cspace_convert(each, "sRGB255", "CAM02-UCS") for each in seen])


def contrast(rgb: Colors, ground: str) -> NDArray[np.float64]:
    """WCAG 2.2 contrast of each colour (n, 3) with the ground; (n,)."""
    light, dark = luminance(rgb), luminance(rgb_of([ground]))
    high, low = np.maximum(light, dark), np.minimum(light, dark)
    return (high + 0.05) / (low + 0.05)


def luminance(rgb: Colors) -> NDArray[np.float64]:
    linear = np.where(rgb <= 10.31475, rgb / 255 / 12.92, ((rgb / 255 + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))


def least_distances(seen: Colors) -> NDArray[np.float64]:
    """Return the distance of the nearest pair, for each eye; seen: (4, n, 3) -> (4,)."""
    apart = np.linalg.norm(seen[:, :, None] - seen[:, None], axis=-1)
    apart[:, np.arange(seen.shape[1]), np.arange(seen.shape[1])] = np.inf
    return np.asarray(apart.min(axis=(1, 2)))


def rgb_of(names: list[str]) -> Colors:
    return np.array([channels(name) for name in names], float)


def search(theme: Theme, seed: int = 0) -> Colors:
    """The ten candidates whose nearest pair is farthest apart, by exchange with annealing."""
    grid = np.stack(np.meshgrid(LEVELS, LEVELS, LEVELS), -1).reshape(-1, 3)
    grid = grid[contrast(grid, theme.pad) >= MIN_CONTRAST]
    seen = appearance(grid)
    lightness, chroma = seen[0, :, 0], np.linalg.norm(seen[0, :, 1:], axis=1)
    pleasing = (chroma >= MIN_CHROMA) & (lightness >= LIGHTNESS[0]) & (lightness <= LIGHTNESS[1])
    grid, seen = grid[pleasing], seen[:, pleasing]
    best, best_score = np.zeros((CLASSES, 3)), -np.inf
    for start in range(STARTS):
        random = np.random.default_rng(seed + start)
        chosen = random.choice(len(grid), CLASSES, replace=False)
        score = _score(seen[:, chosen])
        for round_ in range(ROUNDS):
            other = chosen.copy()
            other[random.integers(CLASSES)] = random.integers(len(grid))
            changed = _score(seen[:, other])
            warmth = 2.0 * (1 - round_ / ROUNDS) ** 2 + 1e-6
            if changed >= score or random.random() < np.exp((changed - score) / warmth):
                chosen, score = other, changed
        if score > best_score:
            best, best_score = grid[chosen], score
    return best


def _score(seen: Colors) -> float:
    """The usual eye comes first, up to what is far apart; then the least of the others."""
    least = least_distances(seen)
    return float(min(least[0], FAR_APART + 4) + least[1:].min())


def in_order(colors: Colors, like: Colors | None) -> Colors:
    """Sort the colours by hue; or put each beside the colour of the other theme that it resembles."""
    from scipy.optimize import linear_sum_assignment

    seen = appearance(colors)[0]
    if like is None:
        return colors[np.argsort(np.arctan2(seen[:, 2], seen[:, 1]))]
    hues = [np.arctan2(each[:, 2], each[:, 1]) for each in (appearance(like)[0], seen)]
    apart = 1 - np.cos(hues[0][:, None] - hues[1][None])
    return colors[linear_sum_assignment(apart)[1]]


def main() -> None:
    like: Colors | None = None
    for theme in (DARK, LIGHT):
        like = in_order(search(theme), like)
        print(theme.name, [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in like.round().astype(int)])
        least = least_distances(appearance(like)).round(1).tolist()
        print("  least distance", dict(zip(EYES, least, strict=True)))
        print("  least contrast", contrast(like, theme.pad).min().round(2))


if __name__ == "__main__":
    main()
