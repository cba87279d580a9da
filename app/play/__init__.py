"""What plays a scenario: the parts of a province, their common clock, the people and acts of the script."""
