"""What plays a scenario: the parts, the clock, the observer of the topics, what goes wrong on purpose, the steps."""
