"""The tables of parties, and finding their names in text."""

from __future__ import annotations

from pathlib import Path

import pytest
from stancewire.data.errors import InputError
from stancewire.data.text.gazetteer import KINDS, Gazetteer, gazetteer, read_actors

UN_MEMBERS = """
    AFG AGO ALB AND ARE ARG ARM ATG AUS AUT AZE BDI BEL BEN BFA BGD BGR BHR BHS BIH BLR BLZ BOL BRA BRB
    BRN BTN BWA CAF CAN CHE CHL CHN CIV CMR COD COG COL COM CPV CRI CUB CYP CZE DEU DJI DMA DNK DOM DZA
    ECU EGY ERI ESP EST ETH FIN FJI FRA FSM GAB GBR GEO GHA GIN GMB GNB GNQ GRC GRD GTM GUY HND HRV HTI
    HUN IDN IND IRL IRN IRQ ISL ISR ITA JAM JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA
    LIE LKA LSO LTU LUX LVA MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MOZ MRT MUS MWI MYS NAM
    NER NGA NIC NLD NOR NPL NRU NZL OMN PAK PAN PER PHL PLW PNG POL PRK PRT PRY QAT ROU RUS RWA SAU SDN
    SEN SGP SLB SLE SLV SMR SOM SRB SSD STP SUR SVK SVN SWE SWZ SYC SYR TCD TGO THA TJK TKM TLS TON TTO
    TUN TUR TUV TZA UGA UKR URY USA UZB VCT VEN VNM VUT WSM YEM ZAF ZMB ZWE
""".split()


def ids(found: Gazetteer, text: str) -> list[str]:
    return [n.party.id for n in found.find(text)]


def table(
    tmp_path: Path, *rows: str, header: str = "id,kind,names,demonyms,places,home", name: str = "own.csv"
) -> Path:
    path = tmp_path / name
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return path


def test_all_members_of_the_united_nations_are_states(names: Gazetteer) -> None:
    assert len(set(UN_MEMBERS)) == 193
    assert set(UN_MEMBERS) <= {p.id for p in names.parties.values() if p.kind == "state"}


@pytest.mark.parametrize(
    "frame", ["{}", "On Monday {} said so.", "“{},” he said", "({})", "With {}, and others"]
)
def test_every_alias_is_found_as_its_party_and_form(names: Gazetteer, frame: str) -> None:
    lost = []
    for party in names.parties.values():
        for form, aliases in (("name", party.names), ("demonym", party.demonyms), ("place", party.places)):
            for alias in aliases:
                start = frame.index("{}")
                if (start, start + len(alias), party.id, form) not in [
                    (n.start, n.end, n.party.id, n.form) for n in names.find(frame.format(alias))
                ]:
                    lost.append((party.id, alias))
    assert lost == []


def test_no_alias_belongs_to_two_parties(names: Gazetteer) -> None:
    owners: dict[str, set[str]] = {}
    for party in names.parties.values():
        for alias in (*party.names, *party.demonyms, *party.places):
            owners.setdefault(alias, set()).add(party.id)
    assert {a: o for a, o in owners.items() if len(o) > 1} == {}


def test_every_member_has_a_demonym(names: Gazetteer) -> None:
    # "Congolese" and "Dominican" are also the demonyms of larger neighbours.
    assert {i for i in UN_MEMBERS if not names.parties[i].demonyms} <= {"COG", "DMA"}


def test_the_home_of_every_group_is_a_known_state(names: Gazetteer) -> None:
    homes = {h for p in names.parties.values() for h in p.home}
    assert homes
    assert {h for h in homes if h not in names.parties or names.parties[h].kind != "state"} == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("South Sudan blamed Sudan.", ["SSD", "SDN"]),
        ("Nigerian and Nigerien troops left Niger for Nigeria.", ["NGA", "NER", "NER", "NGA"]),
        ("The Democratic Republic of Congo and the Republic of Congo", ["COD", "COG"]),
        ("North Korea, South Korea", ["PRK", "KOR"]),
        ("Guinea-Bissau, Equatorial Guinea, Papua New Guinea and Guinea", ["GNB", "GNQ", "PNG", "GIN"]),
        ("The Kremlin and the White House", ["RUS", "USA"]),
        ("Iran's army, the Israelis’ jets", ["IRN", "ISR"]),
        ("The U.S. and the U.N. met", ["USA", "UN"]),
        ("he told us of an iranian turkey", []),
        ("Iranology, Malian", ["MLI"]),
        ("", []),
    ],
)
def test_names_are_whole_words_in_their_case_and_the_longest_wins(
    names: Gazetteer, text: str, expected: list[str]
) -> None:
    assert ids(names, text) == expected


def test_forms_are_distinguished(names: Gazetteer) -> None:
    assert [n.form for n in names.find("Iran, Iranian, Iranians, Tehran")] == [
        "name",
        "demonym",
        "people",
        "place",
    ]


def test_a_users_table_extends_the_shipped_ones(tmp_path: Path) -> None:
    own = gazetteer(
        [
            table(
                tmp_path,
                "RURI,state,Ruritania,Ruritanian,Strelsau,",
                "BLACKS,group,Black Michael's men,,,RURI",
            )
        ]
    )
    assert ids(own, "Ruritania, Ruritanians, Strelsau, Black Michael's men and Iran") == [
        "RURI",
        "RURI",
        "RURI",
        "BLACKS",
        "IRN",
    ]
    assert own.digest != gazetteer().digest
    assert ids(gazetteer(), "Ruritania") == []


def test_a_users_table_overrides_the_shipped_ones(tmp_path: Path) -> None:
    own = gazetteer([table(tmp_path, "CRIMEA,group,Crimea;Georgia,Georgian,Tbilisi,")])
    assert ids(own, "Georgia, Georgian, Tbilisi") == ["CRIMEA"] * 3


def test_a_users_demonym_overrides_its_plural_too(tmp_path: Path) -> None:
    own = gazetteer([table(tmp_path, "USGA,organisation,State of Georgia,Georgian,Atlanta,")])
    assert ids(own, "Georgian, Georgians") == ["USGA", "USGA"]


def test_a_later_table_overrides_an_earlier_one(tmp_path: Path) -> None:
    one, two = (
        table(tmp_path, "ONE,,Ruritania,,,", name="one.csv"),
        table(tmp_path, "TWO,,Ruritania,,,", name="two.csv"),
    )
    assert ids(gazetteer([one, two]), "Ruritania") == ["TWO"]
    assert ids(gazetteer([two, one]), "Ruritania") == ["ONE"]


def test_a_row_with_a_known_id_extends_that_party(tmp_path: Path) -> None:
    """All names, shipped and added, belong to the party in `parties`."""
    own = gazetteer([table(tmp_path, "HAMAS,organisation,Hamas of Gaza,,,")])
    for name in own.find("Hamas, Islamic Resistance Movement, Hamas of Gaza"):
        assert name.party == own.parties["HAMAS"]


def test_the_kind_is_optional_and_a_byte_order_mark_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_bytes(b"\xef\xbb\xbfid,names\r\nRURI,Ruritania; Kingdom of Ruritania ;\r\n")
    (party,) = read_actors(path)
    assert (party.id, party.kind, party.names) == (
        "RURI",
        "organisation",
        ("Ruritania", "Kingdom of Ruritania"),
    )


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("ruri,state,Ruritania,,,", "'ruri' must be one word in capitals"),
        (",state,Ruritania,,,", "''"),
        ("RURI,kingdom,Ruritania,,,", "'kingdom' is not one of"),
        ("RURI,state, ; ,,,", "names is empty"),
        ("RURI", "names is empty"),
        ("A+,state,Both,,,", r"A\+"),
    ],
)
def test_errors_name_file_and_line(tmp_path: Path, row: str, words: str) -> None:
    path = table(tmp_path, "FINE,state,Fine,,,", row)
    with pytest.raises(InputError, match=words) as error:
        read_actors(path)
    assert error.value.where == f"{path}:3"


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="columns id and names"):
        read_actors(table(tmp_path, header="code,label"))
    with pytest.raises(InputError, match="no such table"):
        read_actors(tmp_path / "none.csv")
    (tmp_path / "latin.csv").write_bytes(b"id,names\nRURI,Rurit\xe9nia\n")
    with pytest.raises(InputError, match="UTF-8"):
        read_actors(tmp_path / "latin.csv")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_actors(tmp_path)


def test_kinds_of_the_shipped_tables(names: Gazetteer) -> None:
    assert {p.kind for p in names.parties.values()} == set(KINDS)
