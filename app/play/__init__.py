"""What plays a scenario: the province, its clock, who watches and who disturbs."""
