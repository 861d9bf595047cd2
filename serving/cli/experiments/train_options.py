"""The options of `stancewire train`."""

from __future__ import annotations

from typing import Annotated

import typer

ConfigArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="CONFIG",
        help="TOML config, or the name of one in experiments/configs/. Default: linear.",
    ),
]
CorpusOption = Annotated[
    list[str] | None,
    typer.Option(
        "--corpus",
        metavar="CORPUS",
        help="Corpus file or folder, `shipped`, or `news` (after `corpus fetch news`); repeatable. "
        "Default: those of the config.",
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Override a setting of the config; repeatable."),
]
RegisterOption = Annotated[
    bool, typer.Option("--register/--no-register", help="Whether to register the model.")
]
TeacherOption = Annotated[
    list[str] | None,
    typer.Option(
        "--teacher",
        metavar="MODEL",
        help="Trained model that labels the unlabelled articles for this encoder: a name, version, run id or "
        "folder; repeatable.",
    ),
]
UnlabelledOption = Annotated[
    list[str] | None,
    typer.Option(
        "--unlabelled",
        metavar="INPUT",
        help="Articles without annotation that the teachers label: whatever `score` reads; repeatable.",
    ),
]
FoldsOption = Annotated[
    int | None,
    typer.Option(
        "--folds",
        metavar="N",
        min=2,
        max=1000,
        help="Run N-fold cross-validation instead; reports metrics, registers no model. With --final: the "
        "number of folds, on whose scores thresholds are chosen (default: 5).",
    ),
]
SeedsOption = Annotated[
    int | None,
    typer.Option(
        "--seeds",
        metavar="N",
        min=2,
        max=1000,
        help="Train N times with different seeds, under one parent run, to compare recipes; "
        "registers the first model.",
    ),
]
FinalOption = Annotated[
    bool,
    typer.Option(
        "--final",
        help="Train on all annotated articles, for release, once the settings are fixed; the model inherits "
        "the figures of the newest run with the same settings and articles.",
    ),
]
LikeOption = Annotated[
    str | None,
    typer.Option(
        "--like",
        metavar="RUN",
        help="With --final: use the settings of this run or model, and inherit its figures.",
    ),
]
SharesOption = Annotated[
    str | None,
    typer.Option(
        "--split",
        metavar="SHARES",
        help="Shares of train, validation and test among articles without a split: 0.8,0.1,0.1. "
        "Default: 0.7,0.15,0.15.",
    ),
]
