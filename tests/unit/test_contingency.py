"""Tables of counts that are drawn without their rows."""

import numpy as np
import pytest

from latentscape.evaluation.contingency import deal_tables, draw_tables

TABLE = np.array([[30, 5, 0], [10, 20, 15]])


def test_dealt_tables_keep_both_margins_and_forget_the_relation():
    dealt = deal_tables(TABLE, permutations=4000, rng=np.random.default_rng(1))
    assert (dealt.sum(axis=2) == TABLE.sum(axis=1)).all()
    assert (dealt.sum(axis=1) == TABLE.sum(axis=0)).all()
    rows, columns, n = TABLE.sum(axis=1), TABLE.sum(axis=0), TABLE.sum()
    assert dealt.mean(axis=0) == pytest.approx(np.outer(rows, columns) / n, abs=0.2)
    # The variance of a hypergeometric count.
    expected = np.outer(rows * (n - rows), columns * (n - columns)) / (n**2 * (n - 1))
    assert dealt.var(axis=0) == pytest.approx(expected, rel=0.15)


@pytest.mark.parametrize("table", [TABLE[:1], TABLE[:, :1], TABLE[:1, :1]])
def test_a_single_group_can_be_dealt_in_one_way(table):
    dealt = deal_tables(table, permutations=3, rng=np.random.default_rng(1))
    assert (dealt == table).all()


def test_drawn_tables_have_as_many_rows_and_the_same_shares():
    drawn = draw_tables(TABLE, bootstrap=4000, rng=np.random.default_rng(2))
    assert (drawn.sum(axis=(1, 2)) == 80).all()
    assert drawn.mean(axis=0) == pytest.approx(TABLE, abs=0.3)
    assert (drawn[:, 0, 2] == 0).all()
