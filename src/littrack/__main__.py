"""`python -m littrack` is the command `littrack`."""

from littrack.cli.main import main

main()
