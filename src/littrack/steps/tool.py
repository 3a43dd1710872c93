"""What marks the claims that this program makes."""

from littrack import __version__

TOOL = f"littrack {__version__}"
