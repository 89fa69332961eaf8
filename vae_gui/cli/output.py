"""What the commands print: sentences and tables for people, JSON for programs, a progress line on terminals."""

import json
import sys
import time
from collections.abc import Sequence

from vae_gui.core.support.progress import Job, Progress, Result, finish

BAR_CELLS = 24
_SHOW_SECONDS = 0.1
_ERASE_LINE = "\r\x1b[K"


def print_line(text: str) -> None:
    """One line on stdout, at once."""
    print(text, flush=True)


def print_json(value: object) -> None:
    """One line of JSON, in ASCII whatever the terminal's encoding; NaN is refused."""
    print(json.dumps(value, allow_nan=False), flush=True)


def print_error(text: str) -> None:
    """One line on stderr."""
    print(text, file=sys.stderr, flush=True)


def print_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Columns in line; numbers to the right."""
    cells = [list(head), *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    numeric = [bool(rows) and isinstance(value, int | float) for value in (rows or [head])[0]]
    for row in cells:
        aligned = (
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(row, widths, numeric, strict=True)
        )
        print_line("  ".join(aligned).rstrip())


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:g}" if isinstance(value, float) else str(value)


class ProgressLine:
    """One line on stderr that overwrites itself; silent where stderr is no terminal."""

    def __init__(self) -> None:
        self._shown = False
        self._next = 0.0
        self._live = sys.stderr.isatty()

    def show(self, progress: Progress) -> None:
        """At most ten times a second."""
        now = time.monotonic()
        if not self._live or now < self._next:
            return
        self._next = now + _SHOW_SECONDS
        self._shown = True
        print(_ERASE_LINE + bar(progress), end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Before anything else is printed."""
        if self._shown:
            print(_ERASE_LINE, end="", file=sys.stderr, flush=True)
            self._shown = False


def bar(progress: Progress) -> str:
    """`Training ######....  50 %`; only the text where the length is not known."""
    if not progress.total:
        return f"{progress.text} …"
    share = min(1.0, progress.done / progress.total)
    cells = int(share * BAR_CELLS)
    return f"{progress.text} {'#' * cells}{'.' * (BAR_CELLS - cells)} {share:4.0%}"


def carry_out(job: Job[Result]) -> Result:
    """Run a job to its end behind a progress line; Ctrl-C cancels it and lets it clean up."""
    line = ProgressLine()
    try:
        return finish(job, line.show)
    finally:
        job.close()
        line.clear()
