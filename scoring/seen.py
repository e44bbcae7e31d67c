"""What a team saw in a demonstration, laid over what is known of the offers: it narrows, and knows about plans."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scoring.offers import Offers

TOP_LEVEL = 4.0


def with_seen(offers: Offers, seen: pd.DataFrame) -> Offers:
    """The offers with the levels that were seen.

    seen  one row per product, plan and item: product, place (of the plan shown), item, level, half_width, add_on (""
          for none: the add-on without which the item is not there)

    Under the plan that was shown the interval is the one that was seen. Plans ascend, so a higher plan has at least
    that much and a lower one at most that much; what else is known of them stays. An offer without the add-on that
    the item needs is left as it is.
    """
    if seen.empty:
        return offers
    low, central, high = (getattr(offers, name).to_numpy(float).copy() for name in ("low", "central", "high"))
    known, rated = offers.known.to_numpy(bool).copy(), offers.rated.to_numpy(bool).copy()
    columns = offers.low.columns
    for one in seen.itertuples():
        if one.item not in columns:
            continue
        column = columns.get_loc(one.item)
        least, most = max(one.level - one.half_width, 0.0), min(one.level + one.half_width, TOP_LEVEL)
        for row, (product, place, add_ons) in enumerate(
            offers.table[["product", "place", "add_ons"]].itertuples(index=False)
        ):
            if product != one.product or (one.add_on and one.add_on not in add_ons):
                continue
            if place == one.place:
                low[row, column], central[row, column], high[row, column] = least, one.level, most
                known[row, column] = rated[row, column] = True
                continue
            bound, end = (np.maximum, least) if place > one.place else (np.minimum, most)
            likely = bound(central[row, column], one.level)
            # the interval reaches as far as what is likely now
            low[row, column] = min(bound(low[row, column], end), likely)
            high[row, column] = max(bound(high[row, column], end), likely)
            central[row, column] = likely

    def frame(values: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame(values, offers.table.index, columns)

    return Offers(offers.table, frame(low), frame(central), frame(high), frame(known), frame(rated))
