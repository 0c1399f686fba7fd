"""`python -m equipoise.cli`: the command line."""

from equipoise.cli import main

main()
