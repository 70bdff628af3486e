"""The browser playground: a chat service in a page, and the model for a new platform.

Read it in this order: `translate.py` (what people do -> Invocation), `render.py` (Message and Form -> HTML),
`adapter.py` (the port), `pages.py` (its HTTP). `chat.py` plays the part of Discord or Slack: the chat service itself.
"""

from cohort_bot.chat.i18n import N_
from cohort_bot.chat.traits import Traits, register

register("local", Traits(N_("the playground"), typed_options=True, reads_direct=True, pictures=True))
