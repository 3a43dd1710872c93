"""From the setting ``model`` to an encoder."""

from __future__ import annotations

from pathlib import Path

from littrack.encoder.protocol import Encoder

BUNDLED = "bundled"
BUNDLED_FOLDER = Path(__file__).parent / "bundled"


def open_encoder(model: str, *, offline: bool = False) -> Encoder:
    """The encoder that `model` names.

    "bundled" is the model inside the package; the path of a folder with a static model opens
    without torch; anything else is a sentence-transformers model by path or by name on the model
    hub, ``name@revision`` for a fixed one; `offline` never asks the hub. Raises InputError for a
    folder that holds no model and SourceUnavailable for a name that cannot be fetched.
    """
    from littrack.encoder.static import StaticEncoder, find_static_folder

    if model == BUNDLED:
        return StaticEncoder(BUNDLED_FOLDER)
    folder = Path(model).expanduser()
    if folder.is_dir() and find_static_folder(folder) is not None:
        return StaticEncoder(folder)

    from littrack.encoder.transformer import TransformerEncoder

    return TransformerEncoder(model, offline=offline)
