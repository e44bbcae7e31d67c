"""Votes, as the pages that compare teams read them."""

from __future__ import annotations

import pandas as pd

from workshops.store.database import Database


def votes_by_team(database: Database, project_id: str) -> pd.DataFrame:
    """One row per vote on a project's items: participant, team, item, level. Empty until people have voted."""
    return pd.DataFrame(columns=["participant", "team", "item", "level"]).astype({"level": float})
