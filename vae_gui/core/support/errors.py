"""UserError: the one exception whose message is meant for the person in front of the screen."""

DIVERGED = "The loss is no longer a number: lower the learning rate, then train again."


class UserError(Exception):
    """Something the user can mend; the message is one sentence that says what to do."""
