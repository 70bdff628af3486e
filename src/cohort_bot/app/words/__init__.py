"""The words: every sentence that a member or moderator reads is here; `tests/docs/test_words.py` holds it.

What stands elsewhere: the summaries of commands and options (rows of a table, from which the reference is made), names
of states, and what only the operator reads (settings, doctor, logs).
"""
