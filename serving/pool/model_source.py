"""Which model worker processes load: files and a title that stay the same while an alias moves on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from ...training.decoding.labeller import Labeller


@dataclass(frozen=True, slots=True)
class ModelSource:
    """The files of one version of a model.

    Attributes:
        path: the model folder, or a .zip file that `stancewire models export` wrote.
        title: the model name that its records have: `stancewire/3`, or the name of the folder or file.
        actors: CSV tables of parties that extend the shipped ones.
        gate: whether the gate of the model, if it has one, decides which sentences are read.
    """

    path: str
    title: str
    actors: tuple[str, ...] = ()
    gate: bool = False

    @classmethod
    def find(cls, model: str, actors: Sequence[Path | str] = (), *, gate: bool = False) -> Self:
        """The files of the model that `--model` names.

        Raises:
            InputError: there is no such model.
        """
        from ...experiments.tracking.registry import model_folder

        tables = tuple(str(Path(table).absolute()) for table in actors)
        path = Path(model)
        if path.suffix.lower() == ".zip" and path.is_file():
            return cls(str(path.absolute()), path.stem, tables, gate)
        folder, title = model_folder(model)
        return cls(str(folder.absolute()), title, tables, gate)

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> Self:
        """The inverse of `to_dict`."""
        return cls(raw["path"], raw["title"], tuple(raw["actors"]), bool(raw.get("gate", False)))

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for `json.dumps`."""
        return asdict(self)

    def load(self) -> Labeller:
        """Load the model.

        Raises:
            InputError: it is damaged, or has a format that this release cannot read.
        """
        from ...training.serialization import load_model

        if Path(self.path).is_file():
            from ..models import open_model

            labeller = open_model(self.path, self.actors)[0]
        else:
            labeller = load_model(Path(self.path), self.actors, self.title)
        labeller.use_gate = self.gate
        return labeller

    def digest(self) -> str:
        """SHA-256 over the files of the model and the tables, in hexadecimal."""
        root = Path(self.path)
        files = sorted(p for p in root.iterdir() if p.is_file()) if root.is_dir() else [root]
        total = hashlib.sha256()
        for file in [*files, *map(Path, self.actors)]:
            with file.open("rb") as content:
                own = hashlib.file_digest(content, "sha256").hexdigest()
            total.update(f"{file.name} {own}\n".encode("utf-8", "surrogateescape"))
        return total.hexdigest()
