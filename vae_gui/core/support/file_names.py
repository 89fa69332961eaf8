"""Names of files that every system takes: a file that is made on one goes to people who have another."""

import re
from pathlib import Path

# What Windows takes for a part of the path, a drive, a stream or a pattern.
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
# Devices, whatever ending follows.
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]) *(\..*)?", re.IGNORECASE)
_MAX_CHARACTERS = 80


def file_name(title: str, otherwise: str) -> str:
    """Return a title as the name of a file, in small letters and without a suffix.

    otherwise: the name where nothing is left of the title, and what stands before one that is a device's.
    """
    kept = "".join(c if c.isalnum() or c == "_" else " " for c in title.lower()).split()
    name = "-".join(kept)[:_MAX_CHARACTERS].rstrip("-")
    return f"{otherwise}-{name}" if _DEVICE.fullmatch(name) else name or otherwise


def problem_with_name(path: Path) -> str:
    """Say in a sentence why Windows would not take a file's name as it is; "" where it does."""
    name = path.name
    if _DEVICE.fullmatch(name):
        return f"“{name}” is a device of Windows: choose another name."
    if found := _FORBIDDEN.search(name):
        return f"“{name}” has “{found[0]}” in it, which Windows takes in no name: leave it out."
    if name != name.rstrip(". "):
        return f"“{name}” ends in “{name[-1]}”, which Windows drops: leave it out."
    return ""
