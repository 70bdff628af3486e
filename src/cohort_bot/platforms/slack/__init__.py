"""Slack. Read it in this order: `translate.py` (payload -> Invocation), `render.py` and `views.py` (Message and Form ->
Block Kit), `adapter.py` (the port), `listeners.py` and `answers.py` (how a reply reaches a person in time or late).
"""
