"""Output of the commands: sentences and tables for people, JSON for programs, a progress line on terminals."""

import errno
import json
import math
import os
import re
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TextIO

from vae_gui.core.support.progress import Job, Progress, Result, finish

BAR_CELLS = 24
_SHOW_SECONDS = 0.1
# A pipe without a reader, as POSIX and as Windows say it, and a terminal that was closed.
_READER_GONE = (errno.EPIPE, errno.EINVAL, errno.EIO)
# Control characters, halves of surrogate pairs, and what turns the direction of writing: names and titles
# come from strangers, and a terminal obeys.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class OutputLostError(Exception):
    """The error that what was printed on stdout went nowhere. closed: its reader went away, which is no fault."""

    def __init__(self, error: OSError) -> None:
        super().__init__(
            f"What was to be printed could not be written ({error.strerror or error}): "
            "send it to another place."
        )
        self.closed = error.errno in _READER_GONE


def print_text(text: str) -> None:
    """Text of our own on stdout, as it is; raises OutputLostError once, then stdout leads nowhere."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        _discard(sys.stdout)
        raise OutputLostError(error) from error


def print_line(text: str) -> None:
    """One line on stdout, at once; raises OutputLostError."""
    print_text(_plain(text) + "\n")


def print_json(value: object) -> None:
    """One line of JSON, in ASCII whatever the terminal's encoding; a number that is not finite is null."""
    print_text(json.dumps(_finite(value), allow_nan=False) + "\n")


def print_error(text: str) -> None:
    """One line on stderr; where that is lost, there is nobody to be told."""
    _to_stderr(_plain(text) + "\n")


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


def _to_stderr(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        _discard(sys.stderr)


def _discard(stream: TextIO) -> None:
    """Python flushes once more at its end and must not find the closed pipe or the full disk."""
    with suppress(OSError, ValueError):  # a stream that is no file has no descriptor
        descriptor = stream.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)


def _plain(text: str) -> str:
    """One line that only shows and commands nothing."""
    return _UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1], text)


def _finite(value: object) -> object:
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:g}" if isinstance(value, float) else str(value)


class ProgressLine:
    """One line on stderr that overwrites itself; silent where stderr is no terminal."""

    def __init__(self) -> None:
        self._width = 0  # of what stands there
        self._next = 0.0
        self._live = sys.stderr.isatty()

    def show(self, progress: Progress) -> None:
        """Show the progress, at most ten times a second."""
        now = time.monotonic()
        if not self._live or now < self._next:
            return
        self._next = now + _SHOW_SECONDS
        text = _plain(bar(progress))
        # Blanks, because an old console of Windows prints the sequence that erases a line.
        _to_stderr(f"\r{text.ljust(self._width)}")
        self._width = len(text)

    def clear(self) -> None:
        """Clear the line; call it before anything else is printed."""
        if self._width:
            _to_stderr(f"\r{' ' * self._width}\r")
            self._width = 0


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
