"""The colours of the classes, on a dark and on a light ground, as `#rrggbb`; found by `benchmarks.class_colors`."""

import colorsys

# Nearest pair in CAM02-UCS: 24.0; with deuteranopia 16.4, protanopia 16.3, tritanopia 17.0.
ON_DARK = (
    "#4bb4b4",
    "#693cf0",
    "#b487f0",
    "#ffc3ff",
    "#c30f87",
    "#f08700",
    "#b4f02d",
    "#96b478",
    "#1e784b",
    "#3cffb4",
)
# Nearest pair in CAM02-UCS: 24.8; with deuteranopia 13.4, protanopia 13.0, tritanopia 12.8.
ON_LIGHT = (
    "#1e96ff",
    "#4b0ff0",
    "#a55ab4",
    "#f04b87",
    "#781e3c",
    "#c33c0f",
    "#c3870f",
    "#4b3c00",
    "#1e8769",
    "#0f4b69",
)
# Lightness of three classes in turn where there are more than ten, and their saturation.
_MANY_ON_DARK, _MANY_ON_LIGHT, _SATURATION = (0.7, 0.61, 0.83), (0.29, 0.2, 0.35), 0.65


def class_color(index: int, count: int, *, dark: bool) -> str:
    """The colour of a class of `count`; beyond ten, even hues with light and dark in turn. dark: the ground."""
    few = ON_DARK if dark else ON_LIGHT
    if count <= len(few):
        return few[index]
    lightness = (_MANY_ON_DARK if dark else _MANY_ON_LIGHT)[index % 3]
    channels = colorsys.hls_to_rgb(index / count, lightness, _SATURATION)
    return "#" + "".join(f"{round(255 * channel):02x}" for channel in channels)
