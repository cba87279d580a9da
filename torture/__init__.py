"""Survival: real processes are killed, stopped, cut off and starved, and what remains is judged against a run in which nothing happened.

`python -m torture` runs every case, or the kinds and cases that are named; docs/survival.md says what each does. Nothing here reaches
into the product: parts are started by their commands, watched by their topics, their HTTP and their databases.
"""
