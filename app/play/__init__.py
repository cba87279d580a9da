"""Plays scripts and profiles: the province, the scenario's clock, what is seen on the way."""
