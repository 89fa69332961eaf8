"""Settings of the documentation site that `make site` builds with Sphinx from the pages of this folder."""

import re
from pathlib import Path

import yaml

from vae_gui import __version__

REPOSITORY = Path(__file__).parent.parent
LICENCE = (REPOSITORY / "LICENSE").read_text(encoding="utf-8")

project = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text(encoding="utf-8"))["title"]
version = release = __version__
copyright = re.findall(r"Copyright \(c\) (.+)", LICENCE)[0] + ", under the MIT licence"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_argparse_cli"]
myst_heading_anchors = 3
default_role = "code"  # docstrings mark code as Markdown does
highlight_language = "text"

add_module_names = False
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # shapes and ranges stand in the docstrings
maximum_signature_line_length = 88
napoleon_use_ivar = True

html_theme = "furo"
html_title = f"{project} {version}"
html_logo = html_favicon = "../resources/icons/app.svg"
html_static_path = ["site"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
