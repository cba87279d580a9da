"""`python -m app` is `lgsp`."""

from app.cli import main

main()
