"""Plays a scenario against a province: its clock, what is given, faults, what is watched."""
