"""`stancewire experiments learning-curve` and `acquisition`: the value of more annotation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..console import note, progress
from ..options import MAX_SEED, Bootstrap, Config
from ..output_options import Output

if TYPE_CHECKING:
    from ....experiments.studies.testbed import Testbed

Corpora = Annotated[
    list[str] | None,
    typer.Argument(metavar="CORPUS", help="Corpus files or folders. Default: those of the config."),
]
Also = Annotated[
    list[Path] | None,
    typer.Option(
        "--also",
        metavar="FILE",
        help="Annotated file to evaluate on in addition to the test split; repeatable.",
    ),
]
_OUT = typer.Option("--out", "-o", metavar="FOLDER", help="Folder for the tables and the plot.")
CurveFolder = Annotated[Path, _OUT, Output("folder", names=("curve.csv", "curve.md", "curve.png"))]
AcquisitionFolder = Annotated[
    Path, _OUT, Output("folder", names=("acquisition.csv", "acquisition.md", "acquisition.png"))
]


SharesOption = Annotated[
    str,
    typer.Option("--shares", metavar="NUMBERS", help="Shares of the training articles, separated by commas."),
]
SeedsOption = Annotated[
    int, typer.Option("--seeds", metavar="N", min=1, max=1000, help="Number of random samples of each share.")
]
VaryOption = Annotated[
    list[str] | None,
    typer.Option(
        "--vary",
        metavar="CORPUS",
        help="Subsample only this corpus and use the others in full; a share may then be 0. Repeatable.",
    ),
]
StartOption = Annotated[
    float,
    typer.Option("--start", metavar="P", min=0, max=1, help="Share of the training sentences to start with."),
]
RoundsOption = Annotated[
    int,
    typer.Option(
        "--rounds", metavar="N", min=1, max=1000, help="Number of times to add sentences and retrain."
    ),
]
BatchOption = Annotated[
    float,
    typer.Option(
        "--batch", metavar="P", min=0, max=1, help="Share of the training sentences to add in each round."
    ),
]
AcquisitionSeedsOption = Annotated[
    int,
    typer.Option(
        "--seeds", metavar="N", min=1, max=1000, help="Number of simulations, each with its own start."
    ),
]
FirstSeedOption = Annotated[
    int, typer.Option("--first-seed", metavar="N", min=0, max=MAX_SEED - 1000, help="First seed.")
]
UncertaintyOption = Annotated[
    list[str] | None,
    typer.Option(
        "--uncertainty",
        metavar="NAME",
        help="Measure of uncertainty: entropy, sum, threshold or threshold-sum; repeatable. "
        "Default: entropy, as in `corpus suggest`.",
    ),
]
PoolOption = Annotated[
    int | None,
    typer.Option(
        "--pool",
        metavar="N",
        min=1,
        max=1000,
        help="Candidate pool size as a multiple of the batch; 1 disables diversity sampling. "
        "Default: as in `corpus suggest`.",
    ),
]


def _prepared(config: str | None, corpora: list[str] | None, also: list[Path] | None, out: Path) -> Testbed:
    """Analyse the corpora once. A folder that cannot be written to is reported before hours of work.

    Raises:
        InputError: the folder cannot be written to, or the config or a corpus is invalid.
    """
    from ....data.errors import InputError
    from ....experiments.config import load_config
    from ....experiments.studies.testbed import check_classifier, prepare

    settings = load_config(config, (), corpora or ())
    check_classifier(settings)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot be written: {error.strerror}", where=str(out), hint="name a folder with -o"
        ) from None
    with progress("analysing sentences") as bar:
        return prepare(settings, also or (), bar.update)


def _shares(text: str, with_zero: bool) -> list[float]:
    from ....data.errors import InputError
    from ....experiments.studies.learning_curve import check_shares

    try:
        return check_shares([float(x) for x in text.split(",")], zero=with_zero)
    except InputError:
        raise
    except ValueError:
        hint = "for example --shares 0.25,0.5,0.75,1"
        raise InputError(f"{text!r} is not a list of numbers", where="--shares", hint=hint) from None


def learning_curve(
    out: CurveFolder,
    corpora: Corpora = None,
    shares: SharesOption = "0.25,0.5,0.75,1",
    seeds: SeedsOption = 3,
    also: Also = None,
    vary: VaryOption = None,
    bootstrap: Bootstrap = 1000,
    config: Config = None,
) -> None:
    """Train and evaluate on fractions of the training articles.

    With the same seed, smaller shares are subsets of larger ones. Writes curve.csv, curve.md and curve.png.

    Example: stancewire experiments learning-curve -o curve

    Example: stancewire experiments learning-curve shipped news --vary news -o c
    """
    from ....data.annotation.corpus import read_corpus
    from ....data.errors import InputError
    from ....experiments.studies.learning_curve import learning_curve as train_on_shares
    from ....experiments.studies.learning_curve import rows
    from ....experiments.studies.plots import draw_learning_curve
    from ....experiments.studies.tables import learning_curve_tables, write_csv, write_text
    from ...output.results import print_lines

    chosen = _shares(shares, bool(vary))
    testbed = _prepared(config, corpora, also, out)
    varied = {a.doc_id for a in read_corpus(vary)} if vary else None
    if varied is not None and not any(a.doc_id in varied for a in testbed.train.articles):
        hint = "name a corpus to train on"
        raise InputError("no training article in this corpus", where=f"--vary {vary}", hint=hint)
    with progress("training") as bar:
        points = train_on_shares(testbed, chosen, seeds, bootstrap, bar.update, varied)
    text = learning_curve_tables(summary := rows(points))
    write_csv(out / "curve.csv", points)
    write_text(out / "curve.md", text)
    draw_learning_curve(out / "curve.png", summary)
    print_lines(text, end=False)
    note(f"curve.csv, curve.md and curve.png written to {out}")


def acquisition(
    out: AcquisitionFolder,
    corpora: Corpora = None,
    start: StartOption = 0.1,
    rounds: RoundsOption = 6,
    batch: BatchOption = 0.08,
    seeds: AcquisitionSeedsOption = 5,
    first_seed: FirstSeedOption = 0,
    uncertainty: UncertaintyOption = None,
    pool: PoolOption = None,
    also: Also = None,
    config: Config = None,
) -> None:
    """Simulate active learning on an annotated corpus.

    Compares training on the sentences that `corpus suggest` would choose with training on random ones.
    Writes acquisition.csv, acquisition.md and acquisition.png.

    Example: stancewire experiments acquisition --rounds 6 -o acquisition
    """
    from ....experiments.studies.acquisition import check_plan, gains, simulate
    from ....experiments.studies.plots import draw_acquisition
    from ....experiments.studies.tables import acquisition_tables, write_csv, write_text
    from ....training.curation.active_learning import POOL, UNCERTAINTY, uncertainty_named
    from ...output.results import print_lines

    strategies = list(dict.fromkeys(uncertainty_named(x) for x in uncertainty or [UNCERTAINTY]))
    testbed = _prepared(config, corpora, also, out)
    check_plan(len(testbed.train), start, rounds, batch)
    with progress("training") as bar:
        runs = range(first_seed, first_seed + seeds)
        steps = simulate(testbed, strategies, start, rounds, batch, runs, pool or POOL, bar.update)
    name = testbed.f1_names[0]
    text = acquisition_tables(steps, [g for on in testbed.measured for g in gains(steps, on, name)], name)
    write_csv(out / "acquisition.csv", steps)
    write_text(out / "acquisition.md", text)
    legend: dict[str, str] = {strategies[0]: "suggested"} if len(strategies) == 1 else {}
    draw_acquisition(out / "acquisition.png", steps, legend)
    print_lines(text, end=False)
    note(f"acquisition.csv, acquisition.md and acquisition.png written to {out}")
