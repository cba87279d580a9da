"""Adapters of the land office with the mistakes that integrators make, and the scenarios that must find them."""
