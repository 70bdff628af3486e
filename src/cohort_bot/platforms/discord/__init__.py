"""Discord, on discord.py: commands, buttons, forms, posts and threads. Nothing is kept per message.

Read it in this order: `translate.py` (payload -> Invocation), `text.py`, `render.py` and `forms.py` (Message and Form
-> Discord's components), `answer.py` (one interaction, answered in time), `adapter.py` (the port).
"""
