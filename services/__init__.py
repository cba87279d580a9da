"""The mock agencies, each a FastAPI application over a database of its own."""
