"""A grid or a strip of images for a screen reader."""

STRIP_KEYS = "{key:Left} and {key:Right} go along the frames, {key:Home} and {key:End} to the first and the last."
GRID_KEYS = (
    "The arrow keys move the highlight, {key:Return} chooses, the menu key opens what can be done."
)


def grid_words(count: int, current: int | None, captions: tuple[str, ...], empty: str) -> str:
    """Such as: 3 of 12: class 7. empty: what is said without images."""
    if not count:
        return empty
    if current is None:
        return f"{count} images"
    caption = captions[current] if current < len(captions) else ""
    return f"{current + 1} of {count}" + (f": {caption}" if caption else "")
