"""JSON Schemas of the three kinds of files, so that editors complete and check what an author writes.

A file names its own in the first line: `# yaml-language-server: $schema=../schema/programme.schema.json`.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from cohort_bot.programmes.models import PapersFileModel, PhaseFileModel, ProgrammeModel

MODELS: dict[str, type[BaseModel]] = {
    "programme": ProgrammeModel,
    "phase": PhaseFileModel,
    "papers": PapersFileModel,
}


def extract(*_babel: Any, **_options: Any) -> Iterator[tuple[int, None, str, list[str]]]:
    """For `make locales` (`locales/babel.cfg`): what each field is for, which a mistake in it is answered with."""
    for model in MODELS.values():
        whole = model.model_json_schema()
        for part in (whole, *whole["$defs"].values()):
            yield from ((1, None, field["description"], []) for field in part["properties"].values())


def schemas() -> dict[str, str]:
    """The text of every schema by its file name."""
    return {
        f"{name}.schema.json": json.dumps(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()},
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
        for name, model in MODELS.items()
    }


def write_schemas(folder: Path) -> list[Path]:
    """Write the schemas into the folder, normally content/schema, and return their paths. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in schemas().items():
        path = folder / name
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    return written
