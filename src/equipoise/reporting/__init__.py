"""What people see of a run: the HTML report and the tables of the terminal, from the run's JSON alone."""

from equipoise.reporting.page import render
from equipoise.reporting.terminal import console, print_run, print_trace, show, to_rich

__all__ = ["console", "print_run", "print_trace", "render", "show", "to_rich"]
