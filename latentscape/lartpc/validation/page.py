"""The table of the validation as a page to be read in a browser."""

import html
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

STYLE = """
body { font: 14px/1.45 system-ui, sans-serif; margin: 2rem; color: #222; }
table { border-collapse: collapse; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid #ddd; text-align: left; }
th { position: sticky; top: 0; background: #fff; }
tr.explained td { background: #fdf3dc; }
tr.fail td { background: #fbe0d6; font-weight: 600; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
""".strip()
NUMBERS = ("expected", "measured", "uncertainty", "tolerance")


def as_page(validation: pd.DataFrame) -> str:
    """Return a page of HTML that stands alone: the verdicts counted, then every check.

    Parameters
    ----------
    validation : DataFrame
        Table ``validation``. Failed checks come first, then explained ones.

    Returns
    -------
    str
        HTML with its style, and without scripts or links.
    """
    order = validation["verdict"].map({"fail": 0, "explained": 1, "pass": 2})
    ordered = validation.assign(order=order).sort_values(["order", "group", "check"])
    counts = validation["verdict"].value_counts()
    counted = ", ".join(f"{n} {verdict}" for verdict, n in counts.items()) or "none"
    rows = "\n".join(_row(row) for row in ordered.to_dict("records"))
    head = "".join(
        f"<th>{name}</th>" for name in ("group", "check", *NUMBERS, "unit", "verdict", "source")
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Validation</title>'
        f"<style>{STYLE}</style></head><body>\n<h1>Validation</h1>\n"
        f"<p>{len(validation)} checks: {counted}. A check passes if the measured value lies within "
        "the tolerance of the expected one; it is explained if it lies within the tolerance of "
        "what a known cause predicts. A value less precise than the tolerance fails.</p>\n"
        f"<table><tr>{head}</tr>\n"
        f"{rows}\n</table></body></html>\n"
    )


def _row(row: Mapping[Hashable, Any]) -> str:
    numbers = "".join(f'<td class="number">{_number(row[name])}</td>' for name in NUMBERS)
    cause = f"<br><em>{_predicted(row)}</em>" if row["verdict"] == "explained" else ""
    return (
        f'<tr class="{row["verdict"]}"><td>{_escaped(row["group"])}</td>'
        f"<td>{_escaped(row['check'])}{cause}</td>{numbers}<td>{_escaped(row['unit'])}</td>"
        f"<td>{row['verdict']}</td><td>{_escaped(row['source'])}</td></tr>"
    )


def _predicted(row: Mapping[Hashable, Any]) -> str:
    return f"predicted {_number(row['expected'] + row['shift'])}: {_escaped(row['cause'])}"


def _number(value: Any) -> str:
    return "–" if pd.isna(value) else f"{value:.5g}"


def _escaped(value: Any) -> str:
    return html.escape("" if pd.isna(value) else str(value))
