"""What does `python -m mailer.cli` do? The same as `mailer`."""

from mailer.cli import main

main()
