"""Compile the translators' catalogues when a wheel is built; hatchling runs this."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileCatalogues(BuildHookInterface[Any]):
    """Puts each `locales/<language>/LC_MESSAGES/cohort_bot.po` into the wheel, compiled."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write a compiled catalogue beside each source; what is marked fuzzy stays English."""
        for source in sorted(Path(self.root, "locales").glob("*/LC_MESSAGES/*.po")):
            compiled = source.with_suffix(".mo")
            with source.open("rb") as text, compiled.open("wb") as made:
                write_mo(made, read_po(text))
            if version == "standard":  # an editable installation finds them where they are
                build_data["force_include"][str(compiled)] = f"cohort_bot/{compiled.relative_to(self.root)}"
