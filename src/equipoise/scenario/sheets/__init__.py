"""A scenario as a workbook: a sheet for each kind of thing, a row for each thing, the same checks."""

from equipoise.scenario.sheets.from_sheet import from_sheet
from equipoise.scenario.sheets.to_sheet import to_sheet

__all__ = ["from_sheet", "to_sheet"]
