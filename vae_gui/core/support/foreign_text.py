"""Text that may come from anywhere, made fit for the files that leave the app."""

import re

REPLACEMENT = "\ufffd"
_SURROGATE = re.compile("[\ud800-\udfff]")
# A spreadsheet takes a cell that begins so for a formula; the apostrophe before it says that it is a text.
_FORMULA = re.compile("'*[=+\\-@]")
JOINERS = "\u200c\u200d"  # of letters, which some languages need, and of emoji


def writable(text: str) -> str:
    """Return the text with U+FFFD for what UTF-8 cannot hold.

    JSON can hold half of a surrogate pair, and the name of a folder that is no UTF-8 is full of them.
    """
    return _SURROGATE.sub(REPLACEMENT, text)


def utf8(text: str) -> bytes:
    """Return the bytes of a text as every exported file has them."""
    return writable(text).encode()


def one_line(text: str) -> str:
    """Return a text as one line of characters that can be printed."""
    shown = (c if c.isprintable() or c in JOINERS else " " for c in text)
    return " ".join("".join(shown).split())


def as_cell(text: str) -> str:
    """Return a text as a cell of a table that no spreadsheet takes for a formula; white space in it is one space.

    A carriage return would end the row for most readers, also where a comma is quoted.
    """
    text = " ".join(text.split())
    return f"'{text}" if _FORMULA.match(text) else text


def from_cell(cell: str) -> str:
    """Return the text of which `as_cell` made this cell, but for white space."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
