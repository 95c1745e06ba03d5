"""Text and tables are the same in every markup, and escaped for each."""

from docutils.core import publish_parts

from latentscape.typeset import (
    html_page,
    html_paragraphs,
    html_table,
    latex,
    latex_table,
    markdown_table,
    rst_table,
)

HEADER = ("number", "p")
ROWS = [("AUC", "0.97 ± 0.01"), ("90 %", "1 < 2")]


def test_latex_escapes_what_latex_would_read():
    assert latex("50% of a_b & **β ≥ 2**") == (r"50\% of a\_b \& \textbf{$\beta$ $\geq$ 2}")


def test_a_table_in_markdown_aligns_its_numbers():
    assert markdown_table(HEADER, ROWS).splitlines() == [
        "| number | p |",
        "| --- | ---: |",
        "| AUC | 0.97 ± 0.01 |",
        "| 90 % | 1 < 2 |",
    ]


def test_a_table_in_latex_is_escaped():
    table = latex_table(HEADER, ROWS, caption="Main results")
    assert r"AUC & 0.97 $\pm$ 0.01 \\" in table
    assert r"90 \% & 1 < 2 \\" in table
    assert r"\begin{tabular}{lr}" in table


def test_a_table_in_restructured_text_is_read_as_a_table():
    text = rst_table(HEADER, [*ROWS, ("none", "")], caption="Main results")
    page = publish_parts(text, writer="html")["html_body"]
    assert page.count("<tr") == 4
    assert "1 &lt; 2" in page
    assert "system-message" not in page


def test_html_is_escaped_and_bold():
    assert "<td>1 &lt; 2</td>" in html_table(HEADER, ROWS)
    assert html_paragraphs("**a** & b\n\nc") == "<p><strong>a</strong> &amp; b</p>\n<p>c</p>"
    assert "<title>x &amp; y</title>" in html_page("x & y", "")
