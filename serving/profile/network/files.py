"""Write the network for other programs: GEXF, GraphML, a CSV list of edges, and statements as in DNA."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ....data.annotation.summary import ArticleSummary
from ....data.errors import InputError
from ....data.files.atomic import atomic_write, atomic_write_bytes
from ....data.files.csv_writing import SafeCsv
from ....data.printable import spreadsheet_cell, xml_text
from ..counts import as_number
from .network import Edge, Network, statement_rows

if TYPE_CHECKING:
    from networkx import MultiDiGraph

SUFFIXES = (".gexf", ".graphml", ".csv")
EDGE_COLUMNS = (
    "actor", "target", "stance", "weight", "articles", "first", "last", "outlets", "days",
)  # fmt: skip
# The columns of the statement export ("event list") of Discourse Network Analyzer 3.
DNA_COLUMNS = (
    "statement_id", "time", "document_id", "document_title", "document_author", "document_source",
    "document_section", "document_type", "person", "organization", "concept", "agreement",
)  # fmt: skip


def write_network(network: Network, out: Path, names: Mapping[str, str]) -> None:
    """Write a network in the format of the file's extension.

    Args:
        out: a `.gexf`, `.graphml` or `.csv` file.
        names: names of parties by identity, for labels.

    Raises:
        InputError: networkx is missing, or the extension is another one.
    """
    kind = out.suffix.lower()
    if kind == ".csv":
        with atomic_write(out) as stream:
            write_edges(network, stream)
        return
    if kind not in SUFFIXES:
        raise InputError(
            f"unknown network format {out.suffix!r}", where=str(out), hint="use .gexf, .graphml or .csv"
        )
    need_networkx(out)
    import networkx

    graph = as_graph(network, names)
    content = io.BytesIO()
    if kind == ".gexf":
        networkx.write_gexf(graph, content, version="1.2draft")
    else:
        networkx.write_graphml(graph, content, named_key_ids=True)
    with atomic_write_bytes(out) as file:
        file.write(content.getvalue())


def need_networkx(out: Path) -> None:
    """Check that networkx is installed, if the format needs it.

    Raises:
        InputError: it is not.
    """
    if out.suffix.lower() != ".csv" and find_spec("networkx") is None:
        hint = "pip install 'stancewire[network]', or write a .csv list of edges"
        raise InputError(f"{out.suffix} needs networkx", where=str(out), hint=hint)


def as_graph(network: Network, names: Mapping[str, str]) -> MultiDiGraph[str]:
    """The network for networkx: one edge per actor, target and stance; its key is the stance.

    Nodes have `label`, and by stance the weight of the edges that leave and reach them (`blame_by`,
    `blame_of`). Edges have `stance`, `label`, `weight`, `articles`, `outlets` (joined by `; `), and if dates
    are known `start` and `end` (the first and the last day, which Gephi takes for its timeline) and `days`
    (the weight of each day: `2024-05-01=2; 2024-05-03=1`).
    """
    import networkx

    graph: MultiDiGraph[str] = networkx.MultiDiGraph()
    edges = network.edges
    stances = sorted({e.stance for e in edges})
    for party in network.parties:
        weights = {f"{xml_text(s)}_{role}": 0.0 for s in stances for role in ("by", "of")}
        graph.add_node(xml_text(party), label=xml_text(names.get(party, party)), **weights)
    for e in edges:
        actor, target, stance = xml_text(e.actor), xml_text(e.target), xml_text(e.stance)
        graph.nodes[actor][f"{stance}_by"] += e.weight
        graph.nodes[target][f"{stance}_of"] += e.weight
        graph.add_edge(actor, target, key=stance, **_edge_attributes(e))
    return graph


def _edge_attributes(e: Edge) -> dict[str, Any]:
    out: dict[str, Any] = {
        "stance": xml_text(e.stance),
        "label": xml_text(e.stance.replace("_", " ")),
        "weight": round(e.weight, 4),
        "articles": e.articles,
        "outlets": xml_text("; ".join(sorted(e.outlets))),
    }
    if e.first is not None and e.last is not None:
        out |= {"start": e.first.isoformat(), "end": e.last.isoformat(), "days": days(e)}
    return out


def days(e: Edge) -> str:
    """The weight of each day, in order: `2024-05-01=2; 2024-05-03=1`."""
    known = sorted((d, w) for d, w in e.days.items() if d is not None)
    return "; ".join(f"{d.isoformat()}={as_number(w)}" for d, w in known)


def write_edges(network: Network, stream: IO[str]) -> None:
    """The edges as CSV, the heaviest first; cells are safe to open in a spreadsheet."""
    rows = SafeCsv(stream)
    rows.row(EDGE_COLUMNS)
    for e in network.edges:
        rows.row(
            (
                e.actor, e.target, e.stance, as_number(e.weight), e.articles, e.first, e.last,
                "; ".join(sorted(e.outlets)), days(e),
            )
        )  # fmt: skip


class DnaWriter:
    """Statements as CSV with the columns of Discourse Network Analyzer, separated by semicolons.

    `person` is how the article names the actor, `organization` its identity, `concept` the stance and the
    target ("blame RUS"), `agreement` always 1, `time` the day of the article.

    Args:
        stream: the header is written at once.
    """

    def __init__(self, stream: IO[str]) -> None:
        self._rows = csv.writer(stream, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
        self._rows.writerow(DNA_COLUMNS)
        self._statements = 0

    def write(self, article: ArticleSummary) -> None:
        """Write the statements of an article."""
        for row in statement_rows(article):
            self._statements += 1
            time = f"{article.date[:10]} 00:00:00" if article.date else ""
            concept = f"{row.stance.replace('_', ' ')} {row.target or ''}".strip()
            cells = (
                self._statements, time, article.id, article.title, "", article.outlet, "", "",
                row.words, row.actor, concept, 1,
            )  # fmt: skip
            self._rows.writerow([spreadsheet_cell("" if c is None else c) for c in cells])
