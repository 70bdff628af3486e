"""A programme's folder in one file of JSON, so that a bot starts without reading and checking YAML.

That takes a third of a second, and 28 MiB that the process never gives back. The file names what it was made of: when
that has changed it is not used, and the YAML is read.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from cohort_bot.core.programme import Programme
from cohort_bot.programmes import plain

PROGRAMME_FILE = "programme.yaml"
COMPILED_FILE = "compiled.json"
MAX_BYTES = 1_000_000
"""A phase of 40 weeks takes about 60 kB; more than a megabyte is not a programme."""


def read(folder: Path) -> Programme | None:
    """The programme as it was compiled, None where that is missing or out of date."""
    try:
        kept = json.loads((folder / COMPILED_FILE).read_bytes())
        return plain.from_plain(Programme, kept["programme"]) if kept["of"] == _digest(folder) else None
    except (OSError, ValueError, LookupError, TypeError):
        return None


def write(folder: Path, programme: Programme) -> Path:
    """Keep what was read of the folder. Raises OSError."""
    kept = {"of": _digest(folder), "programme": json.loads(plain.dumps(programme))}
    file = folder / COMPILED_FILE
    file.write_text(json.dumps(kept, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    return file


def read_texts(folder: Path, translations: Path) -> Mapping[str, str] | None:
    """The texts of a file of translations as they were compiled, None where that is missing or out of date."""
    try:
        kept = json.loads(_compiled(translations).read_bytes())
        texts: Mapping[str, str] = kept["texts"]
        return texts if kept["of"] == _digest(folder, translations) else None
    except (OSError, ValueError, LookupError, TypeError):
        return None


def write_texts(folder: Path, translations: Path, texts: Mapping[str, str]) -> Path:
    """Keep what was read of a file of translations. Raises OSError."""
    kept = {"of": _digest(folder, translations), "texts": texts}
    file = _compiled(translations)
    file.write_text(json.dumps(kept, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    return file


def _compiled(translations: Path) -> Path:
    return translations.with_name(f"{translations.stem}.{COMPILED_FILE}")


def _digest(folder: Path, *more: Path) -> str:
    """Of all that the programme is made of, and of more. Raises ValueError for what is no file of a programme."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*.y*ml")):
        if not path.is_file() or (size := path.stat().st_size) > MAX_BYTES:
            raise ValueError(f"{path} is no file of a programme")
        found.update(f"{path.relative_to(folder).as_posix()} {size}\n".encode() + path.read_bytes())
    for path in more:
        found.update(path.read_bytes())
    return found.hexdigest()
