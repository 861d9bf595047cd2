"""Write docs/settings.md, the table of all settings of a training: `make settings`."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel
from stancewire.training.encoder.settings import EncoderSettings
from stancewire.training.settings import LinearSettings, TrainingSettings, allowed_values

INTRODUCTION = """\
# Settings of a training

A config is a TOML file with these settings; those of the classifier are in its table `[classifier]`. Every
setting may be left out. `stancewire train --set classifier.epochs=10` overrides one. They are logged as
parameters of the MLflow run, and the model keeps those of its classifier.

For what the settings of the encoder do, see [Training an encoder](training_encoders.md).
"""
HEAD = ["setting", "default", "values", "meaning"]
TABLES: dict[str, type[BaseModel]] = {
    "Of every training": TrainingSettings,
    'Of the linear classifier: `kind = "linear"`': LinearSettings,
    'Of an encoder: `kind = "encoder"`': EncoderSettings,
}


def _default(table: type[BaseModel], name: str) -> str:
    value = table.model_fields[name].get_default()
    if value in ("", ()) or value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{', '.join(value) if isinstance(value, tuple) else text}`"


def _table(table: type[BaseModel]) -> str:
    """Each setting with its default, the values that it takes, and its meaning."""
    rows = [
        [f"`{name}`", _default(table, name), allowed_values(table, name), field.description or ""]
        for name, field in table.model_fields.items()
        if name not in ("kind", "classifier")
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in [HEAD, ["---"] * len(HEAD), *rows])


def settings() -> str:
    """All settings, as Markdown."""
    return "\n".join([INTRODUCTION, *(f"## {title}\n\n{_table(table)}\n" for title, table in TABLES.items())])


if __name__ == "__main__":
    (Path(__file__).parent / "settings.md").write_text(settings(), encoding="utf-8")
