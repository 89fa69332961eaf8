"""Geometry of an image grid: its tiles in whole pixels of the screen."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GridGeometry:
    """`count` square tiles in `columns`, row by row; lengths in pixels of the screen.

    caption: height of the line under each tile. left, top: corner of the first tile.
    """

    count: int
    columns: int
    tile: int
    gap: int
    caption: int
    left: int
    top: int

    @property
    def rows(self) -> int:
        return math.ceil(self.count / self.columns)

    @property
    def step(self) -> tuple[int, int]:
        """From tile to tile, across and down."""
        return self.tile + self.gap, self.tile + self.caption + self.gap

    def corner(self, index: int) -> tuple[int, int]:
        """Left and top of a tile."""
        across, down = self.step
        return (
            self.left + index % self.columns * across,
            self.top + index // self.columns * down,
        )

    def index_at(self, x: float, y: float) -> int | None:
        """The tile at a point, its caption included; None in the gaps and outside."""
        across, down = self.step
        column, row = math.floor((x - self.left) / across), math.floor((y - self.top) / down)
        index = row * self.columns + column
        inside = 0 <= column < self.columns and row >= 0 and index < self.count
        if not inside or x - self.left - column * across >= self.tile:
            return None
        return index if y - self.top - row * down < self.tile + self.caption else None


def fit_grid(
    size: tuple[int, int], count: int, columns: int | None, gap: int, caption: int, largest: int
) -> GridGeometry:
    """The largest tiles (up to `largest`) with which `count` of them fit into `size`, centred.

    columns: how many a row, or None for the number that gives the largest tiles.
    """
    width, height = size

    def tile_for(wanted: int) -> int:
        rows = math.ceil(count / wanted)
        across = (width - gap * (wanted - 1)) // wanted
        down = (height - gap * (rows - 1)) // rows - caption
        return min(across, down, largest)

    if columns is None:
        columns = max(range(1, count + 1), key=lambda wanted: (tile_for(wanted), wanted), default=1)
    columns = max(1, min(columns, count) if count else columns)
    tile = max(1, tile_for(columns)) if count else 1
    rows = math.ceil(count / columns)
    used_width = columns * (tile + gap) - gap
    used_height = rows * (tile + caption + gap) - gap
    return GridGeometry(
        count,
        columns,
        tile,
        gap,
        caption,
        left=max(0, (width - used_width) // 2),
        top=max(0, (height - used_height) // 2),
    )
