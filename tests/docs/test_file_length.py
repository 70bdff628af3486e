"""No source file grows so long that nobody reads it whole (CONTRIBUTING.md)."""

from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src/cohort_bot"
MOST = 500


def test_no_source_file_is_too_long() -> None:
    lengths = {path.relative_to(SOURCE).as_posix(): len(path.read_text().splitlines()) for path in SOURCE.rglob("*.py")}
    assert len(lengths) > 100
    assert {name: length for name, length in lengths.items() if length > MOST} == {}
