"""Consensus on a level, the proposal, and concordance of orders."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.agreement import agreement, consensus, kendall_w, level_counts, lower_median


def counts(*votes, levels=(0, 1, 2, 3, 4)):
    return pd.DataFrame([votes], ["i"], list(levels))


def votes(**items):
    return pd.DataFrame(
        [(item, level) for item, levels in items.items() for level in levels], columns=["item", "level"]
    )


def test_consensus_of_a_published_example():
    """The manual of the R package agrmt (D. Ruedin): 30, 40, 210, 130, 530, 50, 10 votes give 0.7256876.

    It follows Tastle & Wierman (2007), International Journal of Approximate Reasoning 45(3), 531-545.
    """
    found = consensus(counts(30, 40, 210, 130, 530, 50, 10, levels=range(1, 8)))

    assert found["i"] == pytest.approx(0.7256876, abs=1e-7)


def test_consensus_by_hand():
    """All alike: 1. Half at each end: 1 + log2(1 - 2/4) = 0. Half on 1, half on 2: 1 + log2(1 - 0.5/4) = 0.8074."""
    assert consensus(counts(0, 0, 5, 0, 0))["i"] == 1.0
    assert consensus(counts(4, 0, 0, 0, 4))["i"] == pytest.approx(0.0, abs=1e-12)
    assert consensus(counts(0, 3, 3, 0, 0))["i"] == pytest.approx(1 + np.log2(0.875))
    assert np.isnan(consensus(counts(0, 0, 0, 0, 0))["i"])


def test_the_bars_of_agreement():
    """1, 1, 2, 2: 0.807, agreed. 1, 1, 3, 3: 1 + log2(0.75) = 0.585, minor. 0, 0, 3, 3: 1 + log2(0.625) = 0.322."""
    found = agreement(votes(same=[1, 1, 2, 2], near=[1, 1, 3, 3], apart=[0, 0, 3, 3], few=[0, 4, 4]))

    assert found["verdict"].to_dict() == {"apart": "discuss", "few": "too-few", "near": "minor", "same": "agreed"}
    assert np.isnan(found.at["few", "consensus"])
    assert found.loc["apart", ["low", "high", "votes"]].tolist() == [0, 3, 4]


def test_the_proposal_is_the_lower_median():
    """1, 2, 3, 4: half of the votes do not exceed 2. 0, 4: 0. 3: 3."""
    found = lower_median(level_counts(votes(even=[1, 2, 3, 4], two=[4, 0], one=[3], odd=[0, 4, 4])))

    assert found.to_dict() == {"even": 2.0, "odd": 4.0, "one": 3.0, "two": 0.0}


def test_no_votes_no_answer():
    assert agreement(votes()).empty


def test_concordance_of_a_published_example_with_ties():
    """Zar (2010), Biostatistical Analysis, example 20.5: wing, tail and bill lengths of twelve birds.

    Rank sums 14.5, 21, 30.5, 6, 11, 3.5, 20, 11.5, 29, 28.5, 22.5, 36. Sum of squared deviations from 19.5: 1147.5.
    Ties: wing 2 x 2 twice (6 + 6), tail a pair and twice three alike, bill a pair; the corrected W is 0.924.
    """
    birds = pd.DataFrame(
        {
            "wing": [10.4, 10.8, 11.1, 10.2, 10.3, 10.2, 10.7, 10.5, 10.8, 11.2, 10.6, 11.4],
            "tail": [7.4, 7.6, 7.9, 7.2, 7.4, 7.1, 7.4, 7.2, 7.8, 7.7, 7.8, 8.3],
            "bill": [17, 17, 20, 14.5, 15.5, 13, 19.5, 16, 21, 20, 18, 22],
        }
    )

    assert birds.rank().sum(axis="columns").tolist() == [14.5, 21, 30.5, 6, 11, 3.5, 20, 11.5, 29, 28.5, 22.5, 36]
    assert kendall_w(birds) == pytest.approx(0.9241, abs=1e-4)


def test_concordance_of_raters_with_many_ties():
    """The data set `anxiety`, corrected for ties: 0.5396569 in the manual of the R package DescTools (KendallW)."""
    anxiety = pd.DataFrame(
        {
            "rater1": [3, 3, 3, 4, 5, 5, 2, 3, 5, 2, 2, 6, 1, 5, 2, 2, 1, 2, 4, 3],
            "rater2": [3, 6, 4, 6, 2, 4, 2, 4, 3, 3, 2, 3, 3, 3, 2, 2, 1, 3, 3, 4],
            "rater3": [2, 1, 4, 4, 3, 2, 1, 6, 1, 1, 1, 2, 3, 3, 1, 1, 3, 3, 2, 2],
        }
    )

    assert kendall_w(anxiety) == pytest.approx(0.5396569, abs=1e-7)


def test_concordance_at_its_ends():
    alike = pd.DataFrame({"a": [1, 2, 3], "b": [10, 20, 30]})
    opposed = pd.DataFrame({"a": [1, 2, 3], "b": [3, 2, 1]})

    assert kendall_w(alike) == 1.0
    assert kendall_w(opposed) == 0.0
    assert np.isnan(kendall_w(alike[["a"]]))
    assert np.isnan(kendall_w(pd.DataFrame({"a": [1, 1], "b": [2, 2]})))


@given(st.lists(st.integers(0, 4), min_size=1, max_size=30))
def test_consensus_lies_between_nothing_and_everything(levels):
    found = agreement(votes(i=levels)).loc["i"]

    assert np.isnan(found["consensus"]) or 0.0 <= found["consensus"] <= 1.0
    assert found["low"] <= found["proposal"] <= found["high"]
    assert sum(level <= found["proposal"] for level in levels) * 2 >= len(levels)
