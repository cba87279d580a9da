"""Scenario scripts: the language they are written in, what a run found, and its reports. What plays them is `app.play`."""
