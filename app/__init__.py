"""Configuration, the one place that joins the parts, the command line `lgsp`."""
