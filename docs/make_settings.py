"""Write docs/settings.md, the table of all training settings: `make settings`."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel
from stancewire.training.encoder.settings import EncoderSettings
from stancewire.training.settings import LinearSettings, TrainingSettings, allowed_values

INTRODUCTION = """\
# Training settings

A config is a TOML file with these settings; those of the classifier are in its table `[classifier]`. Every
setting may be left out. `stancewire train --set classifier.epochs=10` overrides one. All settings are logged
as parameters of the MLflow run, and the model keeps those of its classifier.

[Training an encoder](training_encoders.md) explains what the settings of the encoder do.
"""
HEAD = ["setting", "default", "values", "meaning"]
TABLES: dict[str, type[BaseModel]] = {
    "Every training run": TrainingSettings,
    'The linear classifier: `kind = "linear"`': LinearSettings,
    'Encoders: `kind = "encoder"`': EncoderSettings,
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
