"""How the documentation becomes a site: ``make docs``."""

from latentscape import __version__

project = "latentscape"
copyright = "the latentscape authors"  # noqa: A001 - the name that Sphinx reads
release = __version__
extensions = ["myst_parser"]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
exclude_patterns = ["_build", "_static"]
nitpicky = True
html_theme = "furo"
html_title = f"latentscape {release}"
html_static_path = ["_static"]
html_copy_source = False
# A page is the same whenever it is built, and opens from disk without a network.
html_last_updated_fmt = None
html_use_index = False
