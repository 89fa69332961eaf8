"""UserError: the one exception whose message is meant for the person in front of the screen; the reason of any other."""

DIVERGED = "The loss is no longer a number: lower the learning rate, then train again."


class UserError(Exception):
    """Something the user can mend; the message is one sentence that says what to do."""


def reason(error: BaseException) -> str:
    """Say why something failed that nobody had foreseen, without a full stop at the end; it is never empty."""
    if isinstance(error, MemoryError):
        return "there is not enough memory, so close other programs and try again"
    return str(error).rstrip(".") or type(error).__name__
