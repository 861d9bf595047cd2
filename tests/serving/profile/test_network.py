"""The network in the files that other programs read."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import Any

import networkx
import pytest
from stancewire.data.annotation.summary import ArticleSummary
from stancewire.data.errors import InputError
from stancewire.data.printable import original_cell
from stancewire.data.record import Record
from stancewire.serving.profile.network.files import (
    DNA_COLUMNS,
    DnaWriter,
    as_graph,
    need_networkx,
    write_network,
)
from stancewire.serving.profile.network.network import Network
from stancewire.serving.profile.profiler import profile_of

sys.path.insert(0, str(Path(__file__).parent))

from records import record

HOSTILE = "=cmd()\x00\x1b\ufffe<&\"'"


def summary(*args: Any, **kwargs: Any) -> ArticleSummary:
    return ArticleSummary.of_record(Record.from_dict(record(*args, **kwargs)))


@pytest.fixture
def network() -> Network:
    articles = [
        summary(
            "a",
            [("blame", "KEN", "SOM")] * 2 + [("appeal", "KEN", "UN"), ("appeal", "KEN", "SOM")],
            outlet=HOSTILE,
        ),
        summary("b", [("blame", "KEN", "SOM"), ("blame", "SOM", "KEN")], date="2024-05-03"),
        summary("c", [("blame", "ERI+ETH", "SDN")], date=None),
        summary("d", [("blame", "OTHER", "SOM"), ("blame", "KEN", "MULTI"), ("blame", None, "KEN")]),
    ]
    return profile_of(articles).network


@pytest.mark.parametrize("ending", [".gexf", ".graphml"])
def test_networkx_reads_back_every_attribute(ending: str, network: Network, tmp_path: Path) -> None:
    out = tmp_path / f"network{ending}"
    write_network(network, out, {"KEN": "Kenya"})
    if ending == ".gexf":
        graph = networkx.read_gexf(out)
    else:
        graph = networkx.read_graphml(out, force_multigraph=True)
    assert isinstance(graph, networkx.MultiDiGraph)
    expected = as_graph(network, {"KEN": "Kenya"})
    assert set(graph) == set(expected) == {"KEN", "SOM", "UN", "ERI", "ETH", "SDN"}
    for party, attributes in expected.nodes(data=True):
        assert attributes.items() <= graph.nodes[party].items()
    found = {(a, b, d["stance"]): d for a, b, d in graph.edges(data=True)}
    assert len(found) == graph.number_of_edges() == expected.number_of_edges() == 6
    for a, b, attributes in expected.edges(data=True):
        assert attributes.items() <= found[a, b, attributes["stance"]].items()
    blame = found["KEN", "SOM", "blame"]
    assert (blame["weight"], blame["articles"], blame["start"], blame["end"]) == (
        3.0, 2, "2024-05-01", "2024-05-03",
    )  # fmt: skip
    assert blame["days"] == "2024-05-01=2; 2024-05-03=1"
    assert found["ERI", "SDN", "blame"]["weight"] == 0.5
    assert graph.nodes["KEN"]["label"] == "Kenya" and graph.nodes["KEN"]["blame_of"] == 1


def test_edges_as_csv_are_safe_in_a_spreadsheet(network: Network, tmp_path: Path) -> None:
    out = tmp_path / "network.csv"
    write_network(network, out, {})
    rows = list(csv.DictReader(out.open(encoding="utf-8", newline="")))
    assert next((r["actor"], r["target"], r["stance"], r["weight"]) for r in rows) == (
        "KEN", "SOM", "blame", "3",
    )  # fmt: skip
    outlets = rows[1]["outlets"]
    assert outlets.startswith("'=") and "\x1b" not in outlets and original_cell(outlets) == HOSTILE


def test_hostile_identities_are_valid_xml(tmp_path: Path) -> None:
    found = profile_of([summary("a", [("blame", "KEN", "SOM")])]).network
    found._edges.clear()
    found.add(
        ArticleSummary.model_validate(
            {
                "id": "x", "sentences": 1,
                "statements": [{"stance": "blame", "actor": HOSTILE, "targets": ["SOM"]}],
            }
        ),
        None,
        [HOSTILE],
    )  # fmt: skip
    for ending in (".gexf", ".graphml"):
        out = tmp_path / f"x{ending}"
        write_network(found, out, {})
        read = networkx.read_gexf(out) if ending == ".gexf" else networkx.read_graphml(out)
        assert set(read) == {"SOM", "=cmd()␀␛�<&\"'"}


def test_statements_have_the_columns_of_dna() -> None:
    out = io.StringIO()
    writer = DnaWriter(out)
    writer.write(summary("a", [("blame", "KEN", "SOM"), ("ceasefire_claim", "SOM", None)], title="=1+1;x"))
    rows = list(csv.reader(io.StringIO(out.getvalue()), delimiter=";"))
    assert tuple(rows[0]) == DNA_COLUMNS
    cells = [dict(zip(DNA_COLUMNS, row, strict=True)) for row in rows[1:]]
    assert cells[0]["concept"] == "blame SOM" and cells[1]["concept"] == "ceasefire claim"
    assert cells[0]["organization"] == "KEN" and cells[0]["time"] == "2024-05-01 00:00:00"
    assert cells[0]["document_title"] == "'=1+1;x" and cells[0]["agreement"] == "1"


def test_without_networkx_the_edges_can_be_csv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stancewire.serving.profile.network.files.find_spec", lambda _: None)
    need_networkx(Path("x.csv"))
    with pytest.raises(
        InputError, match=r"x\.gexf: \.gexf needs networkx \(pip install 'stancewire\[network\]'"
    ):
        need_networkx(Path("x.gexf"))
