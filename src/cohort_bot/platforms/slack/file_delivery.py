"""Files of a private answer. Only a message can be private in a channel, so a file is sent as a direct message."""

import logging
from dataclasses import replace

from cohort_bot.app.ports.platform import Refused, Unknown
from cohort_bot.app.words import platforms as platforms_words
from cohort_bot.chat.message import Message, paragraph
from cohort_bot.platforms.slack.api import Api
from cohort_bot.platforms.slack.translate import Who

log = logging.getLogger(__name__)


async def send_files_by_dm(api: Api, who: Who, message: Message) -> Message:
    """The message without its files, which are sent by direct message; if that fails, with advice on what to do."""
    if not message.files:
        return message
    try:
        opened = await api.call(who.team, "conversations.open", users=who.user)
        await api.upload(who.team, str(opened["channel"]["id"]), message.files)
        note = platforms_words.file_sent()
    except Refused as refused:
        log.warning("a file for %s was refused: %s", who.user, refused.detail)
        note = f"{platforms_words.file_not_sent()} {refused.cure}".strip()
    except Unknown as unknown:
        log.warning("a file for %s may not have arrived: %s", who.user, unknown)
        note = platforms_words.file_uncertain()
    content = message.blocks or (paragraph(message.summary),)
    return replace(message, blocks=(*content, paragraph(note)), files=())
