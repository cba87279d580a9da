"""Plays a profile: a province that lives for some months at speed, by numbers whose sources are named.

`profile.py` reads one; `planned.py` and `forms.py` make its dossiers; `citizens.py` acts and `watcher.py` reads along, both as participants
of the run's clock (`app/play/clock.py`); `province.py` starts the parts and joins them; `compared.py` sets the result beside what was
published.
"""
