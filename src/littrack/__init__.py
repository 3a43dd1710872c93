"""littrack keeps a literature survey alive.

It pulls papers from arXiv into SQL, embeds and indexes them, and answers searches in English and
Chinese. SQL is the only truth; the vector index and everything published are made from it.

    from littrack import Library

    library = Library.open("my-survey")
    for hit in library.search("chain-of-thought", limit=10):
        print(hit.published, hit.title)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from littrack.library import Library as Library

__version__ = "0.1.0"
__all__ = ["Library", "__version__"]


def __getattr__(name: str) -> Any:
    """Load `Library` on first use, so that ``littrack --help`` need not import the database."""
    if name == "Library":
        from littrack.library import Library

        return Library
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
