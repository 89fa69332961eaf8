"""The one exception whose message is meant for the person in front of the screen."""


class UserError(Exception):
    """Something the user can mend; the message is one sentence that says what to do."""
