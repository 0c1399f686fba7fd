"""`python -m equipoise`: the command `equipoise`, where its script is not on the path."""

from equipoise.cli import main

main()
