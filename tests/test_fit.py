"""Coverage, domain fit and fit, by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from scoring.fit import NothingAskedError, fit

DOMAINS = pd.Series({"a1": "a", "a2": "a", "b1": "b"})


def levels(**offers):
    return pd.DataFrame.from_dict(offers, orient="index", columns=["a1", "a2", "b1"])


def test_fit_by_hand():
    """Asked 4, 2 in domain a and 2 in b, weights 3 : 1. Offer x has 2, 4, 1.

    a: (min(2,4) + min(4,2)) / 6 = 4/6; b: 1/2; fit = 0.75 x 2/3 + 0.25 x 1/2 = 0.625
    """
    result = fit(levels(x=[2, 4, 1]), pd.Series({"a1": 4, "a2": 2, "b1": 2}), DOMAINS, pd.Series({"a": 3, "b": 1}))

    assert result.coverage.loc["x"].tolist() == [0.5, 1.0, 0.5]
    assert result.domain_fit.loc["x"].tolist() == pytest.approx([4 / 6, 0.5])
    assert result.scores["x"] == pytest.approx(0.625)
    assert result.gaps.loc["x"].tolist() == [2, 0, 1]


def test_over_delivery_earns_nothing():
    asked = pd.Series({"a1": 2, "a2": 2, "b1": 2})
    result = fit(levels(x=[2, 2, 2], y=[4, 4, 4]), asked, DOMAINS, pd.Series({"a": 1, "b": 1}))

    assert result.scores.tolist() == [1.0, 1.0]


def test_the_working_adds_up():
    result = fit(
        levels(x=[2, 1, 1], y=[0, 4, 3]), pd.Series({"a1": 4, "a2": 2, "b1": 3}), DOMAINS, pd.Series({"a": 2, "b": 5})
    )

    assert result.contributions.sum(axis=1).tolist() == pytest.approx(result.scores.tolist())
    assert (result.lost.sum(axis=1) + result.scores).tolist() == pytest.approx([1.0, 1.0])


def test_what_is_not_needed_and_a_domain_without_points_do_not_count():
    """Only a1 is asked: domain b has no points, so its weight is shared out."""
    result = fit(levels(x=[1, 0, 0]), pd.Series({"a1": 2, "a2": 0}), DOMAINS, pd.Series({"a": 1, "b": 9}))

    assert result.weights.to_dict() == {"a": 1.0}
    assert result.scores["x"] == 0.5


def test_nothing_asked_is_an_error_of_its_own():
    with pytest.raises(NothingAskedError):
        fit(levels(x=[1, 1, 1]), pd.Series({"a1": 0}), DOMAINS, pd.Series({"a": 1, "b": 1}))
    with pytest.raises(NothingAskedError):
        fit(levels(x=[1, 1, 1]), pd.Series({"a1": 3}), DOMAINS, pd.Series({"a": 0, "b": 1}))
