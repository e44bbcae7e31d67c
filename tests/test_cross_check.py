"""Other methods through pymcdm: published examples, and the traps that the adapter takes care of."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from scoring.cross_check import cross_check, promethee, topsis, vikor


def frame(rows, names=None):
    return pd.DataFrame(rows, names or [f"a{place}" for place in range(1, len(rows) + 1)]).astype(float)


def shares(*weights):
    return pd.Series(weights, dtype=float)


TZENG = [[5, 8, 4], [7, 6, 8], [8, 8, 6], [7, 4, 6]]
DOMAINS = pd.DataFrame(
    [[0.9, 0.5, 0.7], [0.6, 0.8, 0.7], [0.4, 0.9, 0.7], [0.3, 0.3, 0.7]], ["p/x", "q/x", "r/x", "s/x"], ["a", "b", "c"]
)
WEIGHTS = pd.Series({"a": 5.0, "b": 3.0, "c": 2.0})


def test_topsis_of_a_textbook():
    """Tzeng & Huang (2011), Multiple Attribute Decision Making, with vector normalisation: 0.5037, 0.6581, 0.7482, 0.3340."""
    table = frame(TZENG) / np.sqrt((np.array(TZENG) ** 2).sum(axis=0))
    found = topsis(table, shares(0.3, 0.4, 0.3), ideal=table.max().to_numpy(), worst=table.min().to_numpy())

    assert found.round(4).tolist() == [0.5037, 0.6581, 0.7482, 0.3340]


def test_topsis_of_the_mountain_climber():
    """Opricovic & Tzeng (2004), EJOR 156(2), 445-455: risk 1, 2, 5 (less is better), altitude 3000, 3750, 4500.

    Linear normalisation: (1, 0), (0.75, 0.5), (0, 1); TOPSIS gives 0.500, 0.617, 0.500.
    """
    found = topsis(frame([[1, 0], [0.75, 0.5], [0, 1]]), shares(0.5, 0.5))

    assert found.round(3).tolist() == [0.5, 0.617, 0.5]


def test_topsis_keeps_its_fixed_ideal():
    """An offer's closeness does not depend on who stands beside it: d- / (d- + d+) by hand for (0.8, 0.4), equal weights.

    d- = sqrt(0.4^2 + 0.2^2) = 0.4472, d+ = sqrt(0.1^2 + 0.3^2) = 0.3162; 0.4472 / 0.7634 = 0.5858
    """
    alone = topsis(frame([[0.8, 0.4]]), shares(0.5, 0.5))
    among = topsis(frame([[0.8, 0.4], [0.9, 0.9], [0.1, 0.2]]), shares(0.5, 0.5))

    assert alone.iloc[0] == pytest.approx(0.5858, abs=1e-4)
    assert among.iloc[0] == pytest.approx(alone.iloc[0])


def test_vikor_of_a_published_example():
    """Yang & Wu (2020), IEEE Access 8, 21261-21271: Q = 0.5679, 0.7667, 1, 0.7493, 0."""
    rows = [[78, 56, 34, 6], [4, 45, 3, 97], [18, 2, 50, 63], [9, 14, 11, 92], [85, 9, 100, 29]]

    assert vikor(frame(rows), shares(0.25, 0.25, 0.25, 0.25)).round(4).tolist() == [0.5679, 0.7667, 1.0, 0.7493, 0.0]


def test_vikor_of_the_mountain_climber():
    """Opricovic & Tzeng (2004): Q = 1, 0, 1."""
    assert vikor(frame([[-1, 3000], [-2, 3750], [-5, 4500]]), shares(0.5, 0.5)).tolist() == [1.0, 0.0, 1.0]


def test_promethee_of_a_published_example():
    """Zhao, Peng & Li (2013), Procedia Computer Science 17, 181-188, usual preference: net flows 0.1, -0.3, 0.2."""
    found = promethee(frame([[4, 3, 2], [3, 2, 4], [5, 1, 3]]), shares(0.5, 0.3, 0.2), function="usual")

    assert found.round(6).tolist() == [0.1, -0.3, 0.2]


def test_promethee_by_hand():
    """Two offers, one domain, 0.10 apart: linear between 0.02 and 0.20, so (0.10 - 0.02) / 0.18 = 0.4444 each way."""
    assert promethee(frame([[0.6], [0.5]]), shares(1.0)).tolist() == pytest.approx([0.4444, -0.4444], abs=1e-4)


def test_a_second_call_gives_the_same_answer():
    """pymcdm's object is spent after one call; the adapter takes a new one each time."""
    first, second = cross_check(DOMAINS, WEIGHTS), cross_check(DOMAINS, WEIGHTS)

    assert first.scores.equals(second.scores)


def test_a_domain_in_which_all_are_alike_decides_nothing():
    with_it, without = cross_check(DOMAINS, WEIGHTS), cross_check(DOMAINS[["a", "b"]], WEIGHTS[["a", "b"]])

    assert with_it.scores["VIKOR"].tolist() == pytest.approx(without.scores["VIKOR"].tolist())
    assert with_it.scores.notna().to_numpy().all()


def test_offers_that_are_all_alike_are_all_equal_and_nothing_is_divided_by_zero():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = cross_check(pd.DataFrame(0.5, ["p/x", "q/x", "r/x"], ["a", "b"]), pd.Series({"a": 1.0, "b": 1.0}))

    assert (found.ranks == 1).to_numpy().all()
    assert found.correlation.isna().all()


def test_a_dominated_offer_makes_no_noise():
    """s is worse than q everywhere; pymcdm's own validation would warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = cross_check(DOMAINS, WEIGHTS)

    assert found.ranks.loc["s/x"].tolist() == [4, 4, 4, 4]


def test_agreement_with_the_fit_is_counted():
    """Fits: p 0.74, q 0.68, r 0.61, s 0.38. All methods put s last; the overlap of the first three is then complete."""
    found = cross_check(DOMAINS, WEIGHTS)

    assert found.fit.round(2).to_dict() == {"p/x": 0.74, "q/x": 0.68, "r/x": 0.61, "s/x": 0.38}
    assert found.overlap(3).tolist() == [3, 3, 3]
    assert found.correlation["TOPSIS"] == pytest.approx(1.0)


def test_fewer_than_three_offers_are_not_compared():
    assert cross_check(DOMAINS.iloc[:2], WEIGHTS) is None


def test_what_is_missing_is_refused():
    with pytest.raises(ValueError, match="missing"):
        cross_check(DOMAINS.mask(DOMAINS > 0.85), WEIGHTS)
