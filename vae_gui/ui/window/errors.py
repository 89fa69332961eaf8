"""Turns an exception into what a person reads: one sentence, and the trace on request."""

import traceback
from dataclasses import dataclass

from vae_gui.core.support.errors import UserError


@dataclass(frozen=True, slots=True)
class Report:
    """text: one sentence. details: the trace, empty where the sentence says it all."""

    text: str
    details: str = ""


def describe_error(error: BaseException) -> Report:
    """A `UserError` speaks for itself; the rest comes with its trace."""
    trace = "".join(traceback.format_exception(error)).strip()
    if isinstance(error, UserError):
        return Report(str(error))
    if isinstance(error, OSError) and error.strerror:
        where = f" ({error.filename})" if error.filename else ""
        return Report(f"The system refused: {error.strerror}{where}.", trace)
    return Report("Something went wrong that should not; your work is kept.", trace)
