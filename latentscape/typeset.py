"""Text and tables for readers: Markdown, LaTeX, reStructuredText and HTML.

Text is Markdown of the simplest kind: paragraphs, ``**bold**`` and Unicode symbols.
"""

import html
import re
from collections.abc import Sequence

_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "±": r"$\pm$",
    "×": r"$\times$",
    "→": r"$\to$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "−": r"$-$",
    "°": r"$^\circ$",
    "β": r"$\beta$",
    "χ": r"$\chi$",
    "σ": r"$\sigma$",
    "µ": r"\textmu{}",
    "μ": r"$\mu$",
    "π": r"$\pi$",
    "ρ": r"$\rho$",
    "²": r"$^2$",
    "⁻": r"$^-$",
    "⁺": r"$^+$",
    "¹": r"$^1$",
    "³": r"$^3$",
    "⁴": r"$^4$",
    "–": "--",
    "…": r"\ldots{}",
    "\N{NO-BREAK SPACE}": "~",
}

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; color: #222; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { padding: .25rem .8rem; border-bottom: 1px solid #ddd; text-align: left; }
th { border-bottom: 2px solid #888; }
td + td + td { text-align: right; font-variant-numeric: tabular-nums; }
td + td { white-space: nowrap; }
""".strip()


def latex(markdown: str) -> str:
    """Return text as LaTeX: special characters escaped, ``**bold**`` set in bold.

    Symbols of physics become commands; any other character beyond ASCII stays as it is, which
    the engines of today read.
    """
    escaped = "".join(_LATEX.get(letter, letter) for letter in markdown)
    return re.sub(r"\*\*(.+?)\*\*", r"\\textbf{\1}", escaped)


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown; the first column is text, the others are numbers."""
    rule = ["---", *["---:"] * (len(header) - 1)]
    lines = [f"| {' | '.join(cells)} |" for cells in (header, rule, *rows)]
    return "\n".join(lines) + "\n"


def latex_table(header: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str) -> str:
    """Return the same table in LaTeX; it needs the package ``booktabs``."""
    body = [" & ".join(latex(cell) for cell in cells) + r" \\" for cells in (header, *rows)]
    return "\n".join(
        [
            r"\begin{table}",
            r"  \centering",
            rf"  \caption{{{latex(caption)}}}",
            rf"  \begin{{tabular}}{{l{'r' * (len(header) - 1)}}}",
            r"    \toprule",
            f"    {body[0]}",
            r"    \midrule",
            *(f"    {line}" for line in body[1:]),
            r"    \bottomrule",
            r"  \end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def rst_table(header: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str) -> str:
    """Return the same table in reStructuredText."""
    lines = [f".. list-table:: {caption}", "   :header-rows: 1", ""]
    for cells in (header, *rows):
        first, *others = (cell or " " for cell in cells)
        lines += [f"   * - {first}", *(f"     - {cell}" for cell in others)]
    return "\n".join(lines) + "\n"


def html_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return the same table in HTML."""
    head = "".join(f"<th>{html.escape(cell)}</th>" for cell in header)
    body = [
        f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in cells)}</tr>" for cells in rows
    ]
    return "\n".join(["<table>", f"<tr>{head}</tr>", *body, "</table>"])


def html_paragraphs(markdown: str) -> str:
    """Return paragraphs of text in HTML."""
    paragraphs = [html.escape(text) for text in markdown.strip().split("\n\n")]
    return "\n".join(
        re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", f"<p>{text}</p>") for text in paragraphs
    )


def html_page(title: str, body: str) -> str:
    """Return a page that stands alone: its style inside, no scripts, no links."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{html.escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<h1>{html.escape(title)}</h1>\n{body}\n</body>\n</html>\n"
    )
