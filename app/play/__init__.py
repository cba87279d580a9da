"""What plays scenario scripts: the province on the scenario's clock, its faults, and what is seen of it."""
