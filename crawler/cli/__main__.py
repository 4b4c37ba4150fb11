"""`python -m crawler.cli` is the command `certhound`."""

from crawler.cli import main

main()
