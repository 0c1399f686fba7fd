"""What people see of a run: the HTML report and the tables of the terminal, from the run's JSON alone."""

from equipoise.report.page import render, write_report

__all__ = ["render", "write_report"]
