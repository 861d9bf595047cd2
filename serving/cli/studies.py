"""`stancewire experiments learning-curve` and `acquisition`: what more annotation is worth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import exit_on_input_error, note, progress

if TYPE_CHECKING:
    from ...experiments.studies.testbed import Testbed

CORPORA = typer.Argument(metavar="[CORPUS]...", help="Corpus files or folders. Default: those of the config.")
CONFIG = typer.Option(
    "--config", help="A TOML config, or the name of one in experiments/configs/. Default: linear."
)
ALSO = typer.Option(
    "--also",
    metavar="FILE",
    help="An annotated file to measure on beside the test split; may be given several times.",
)
OUT = typer.Option(
    "--out", "-o", metavar="FOLDER", help="Folder to write the table, the figures and the picture to."
)


def _prepared(
    config: str | None, corpora: list[str] | None, also: list[Path] | None, out: Path
) -> Testbed:
    """The corpora analysed once; a folder that cannot be written to is told before hours of work."""
    from ...data.errors import InputError
    from ...experiments.config import load_config
    from ...experiments.studies.testbed import prepare

    settings = load_config(config, (), corpora or ())
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot be written: {error.strerror}", where=str(out), hint="give a folder"
        ) from None
    with progress("analysing sentences") as update:
        return prepare(settings, also or (), lambda done, total: update(done=done, total=total))


def learning_curve(
    out: Annotated[Path, OUT],
    corpora: Annotated[list[str] | None, CORPORA] = None,
    shares: Annotated[
        str, typer.Option("--shares", help="Shares of the training articles, with commas.")
    ] = "0.25,0.5,0.75,1",
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="How many times to draw each share.")] = 3,
    also: Annotated[list[Path] | None, ALSO] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="CORPUS",
            help="Shares are of this corpus, all others are always trained on; a share may then be 0. May be given several times.",
        ),
    ] = None,
    bootstrap: Annotated[
        int, typer.Option("--bootstrap", min=0, help="Resamples of articles for their 95 % interval.")
    ] = 1000,
    config: Annotated[str | None, CONFIG] = None,
) -> None:
    """Train on random shares of the training articles: how good the model gets with more of them.

    Of one seed smaller shares lie within larger ones. Writes curve.csv, curve.md and curve.png.

    Example: stancewire experiments learning-curve --also other.jsonl -o curve

    Example: stancewire experiments learning-curve shipped news --vary news --shares 0,0.25,0.5,1 -o worth
    """
    with exit_on_input_error():
        from ...data.annotation.corpus import read_corpus
        from ...data.errors import InputError
        from ...experiments.studies.learning_curve import check_shares, rows
        from ...experiments.studies.learning_curve import learning_curve as trained
        from ...experiments.studies.plots import draw_learning_curve
        from ...experiments.studies.tables import learning_curve_tables, write_csv, write_text

        try:
            wanted = check_shares([float(x) for x in shares.split(",")], none=bool(vary))
        except ValueError as error:
            if isinstance(error, InputError):
                raise
            raise InputError(
                f"{shares!r} are no numbers with commas",
                where="--shares",
                hint="for example --shares 0.25,0.5,0.75,1",
            ) from None
        laboratory = _prepared(config, corpora, also, out)
        drawn = {a.doc_id for a in read_corpus(vary)} if vary else None
        if drawn is not None and not any(a.doc_id in drawn for a in laboratory.train.articles):
            raise InputError(
                "has no article among those to train on",
                where=f"--vary {' '.join(vary or ())}",
                hint="name a corpus that is trained on",
            )
        with progress("training") as update:
            points = trained(
                laboratory,
                wanted,
                seeds,
                bootstrap,
                lambda done, total: update(done=done, total=total),
                drawn,
            )
        together = rows(points)
        text = learning_curve_tables(together)
        write_csv(out / "curve.csv", points)
        write_text(out / "curve.md", text)
        draw_learning_curve(out / "curve.png", together)
        typer.echo(text, nl=False)
        note(f"curve.csv, curve.md and curve.png written to {out}")


def acquisition(
    out: Annotated[Path, OUT],
    corpora: Annotated[list[str] | None, CORPORA] = None,
    start: Annotated[
        float, typer.Option("--start", help="Share of the training sentences to start with, drawn at random.")
    ] = 0.1,
    rounds: Annotated[
        int, typer.Option("--rounds", min=1, help="How many times to add sentences and train anew.")
    ] = 6,
    batch: Annotated[
        float, typer.Option("--batch", help="Share of the training sentences to add in each round.")
    ] = 0.08,
    seeds: Annotated[
        int,
        typer.Option("--seeds", min=1, help="How many times to play it through, each from another start."),
    ] = 5,
    first_seed: Annotated[int, typer.Option("--first-seed", min=0, help="The first of the seeds.")] = 0,
    doubt: Annotated[
        list[str] | None,
        typer.Option(
            "--doubt",
            help="What counts as doubtful: entropy, sum, threshold or threshold-sum; may be given several times. Default: entropy, as `corpus suggest` has it.",
        ),
    ] = None,
    pool: Annotated[
        int | None,
        typer.Option(
            "--pool",
            min=1,
            help="How many times a batch of the most doubtful to choose unlike ones from; 1: by doubt alone. Default: as `corpus suggest`.",
        ),
    ] = None,
    also: Annotated[list[Path] | None, ALSO] = None,
    config: Annotated[str | None, CONFIG] = None,
) -> None:
    """Play annotation through on an annotated corpus: sentences that `corpus suggest` chooses against random ones.

    Writes acquisition.csv, acquisition.md and acquisition.png.

    Example: stancewire experiments acquisition --rounds 6 --seeds 5 -o acquisition
    """
    with exit_on_input_error():
        from ...experiments.studies.acquisition import check_plan, simulate, worth
        from ...experiments.studies.plots import draw_acquisition
        from ...experiments.studies.tables import acquisition_tables, write_csv, write_text
        from ...training.curation.active_learning import DOUBT, POOL, known_doubt

        strategies = list(dict.fromkeys(known_doubt(x) for x in doubt or [DOUBT]))
        laboratory = _prepared(config, corpora, also, out)
        check_plan(len(laboratory.train), start, rounds, batch)
        with progress("training") as update:
            played = range(first_seed, first_seed + seeds)
            steps = simulate(
                laboratory,
                strategies,
                start,
                rounds,
                batch,
                played,
                pool or POOL,
                lambda done, total: update(done=done, total=total),
            )
        name = laboratory.figure_names[0]
        text = acquisition_tables(
            steps, [w for on in laboratory.measured for w in worth(steps, on, name)], name
        )
        write_csv(out / "acquisition.csv", steps)
        write_text(out / "acquisition.md", text)
        draw_acquisition(
            out / "acquisition.png", steps, {strategies[0]: "suggested"} if len(strategies) == 1 else {}
        )
        typer.echo(text, nl=False)
        note(f"acquisition.csv, acquisition.md and acquisition.png written to {out}")
