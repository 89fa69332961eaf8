"""UserError: the one exception whose message is meant for the person at the screen; the reason of any other."""

DIVERGED = "The loss is no longer a number: lower the learning rate, then train again."


class UserError(Exception):
    """Something the user can mend; the message is one sentence that says what to do."""


class UnreadableError(UserError):
    """A file that is not there or cannot be read now: nothing is known of its content."""


MAX_CAUSE = 160  # characters


def cause(error: BaseException) -> str:
    """Return the first line of what an error says, to stand in brackets; torch's go on for pages."""
    line = next(iter(str(error).strip().splitlines()), "").rstrip(" .") or type(error).__name__
    return line if len(line) <= MAX_CAUSE else line[: MAX_CAUSE - 1] + "…"


def sentence(text: str) -> str:
    """Return a text with a full stop at its end, so that another sentence can follow."""
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."


def reason(error: BaseException) -> str:
    """Say why something failed that nobody had foreseen, without a full stop at the end; it is never empty."""
    if isinstance(error, MemoryError):
        return "there is not enough memory, so close other programs and try again"
    return str(error).rstrip(".") or type(error).__name__
