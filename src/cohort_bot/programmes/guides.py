"""Reading the guides that people send. The importer is loaded when somebody sends the first one."""

import asyncio
from collections.abc import Mapping
from pathlib import PurePosixPath

from cohort_bot.app.ports.guides import Drafted
from cohort_bot.core.programme import Programme
from cohort_bot.programmes.shelf import programme_of


class Guides:
    """Implements `app.ports.guides.Guides`."""

    async def read(self, data: bytes, name: str) -> str:
        from cohort_bot.programmes.importing import sent_guides  # noqa: PLC0415 - with a parser for Markdown

        return await asyncio.to_thread(sent_guides.read, data, PurePosixPath(name).suffix)

    async def draft(self, guide: str, name: str, answers: Mapping[str, int], language: str) -> Drafted:
        from cohort_bot.programmes.importing import sent_guides  # noqa: PLC0415

        return await asyncio.to_thread(sent_guides.draft, guide, name, answers, language)

    def parsed(self, content: str) -> Programme:
        return programme_of(content)
