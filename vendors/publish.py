"""Where editions are: those that come with the application, and those in the data folder."""

from __future__ import annotations

import os
from pathlib import Path

from vendors.load import FOLDER, shipped_editions


def data_folder() -> Path:
    """Editions of this installation: CRM_DATA/editions, or data/editions beside the application."""
    return Path(os.environ.get("CRM_DATA") or FOLDER.parent / "data") / "editions"


def editions() -> dict[str, Path]:
    """Every published edition by id, oldest first; those of this installation after the shipped ones."""
    found = dict(shipped_editions())
    if data_folder().is_dir():
        for folder in sorted(data_folder().iterdir()):
            if (folder / "edition.yaml").exists() and not folder.name.startswith("."):
                found[folder.name] = folder
    return found


def newest_edition() -> str:
    return list(editions())[-1]
