"""Every sentence that a member or moderator reads in chat; `tests/docs/test_words.py` keeps them here.

What stands elsewhere: the summaries of commands and options (rows of a table, from which the reference is made), names
of states, and what only the operator reads (settings, doctor, logs).
"""
