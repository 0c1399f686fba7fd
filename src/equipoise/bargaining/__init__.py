"""Bargaining models: where talks may land, the chance of a deal, what blocks it, who has to move."""

from equipoise.bargaining.accuracy import accuracy_note
from equipoise.bargaining.models import MODELS, models_asked
from equipoise.bargaining.outcomes import deal, heard, outcomes, outcomes_by_issue
from equipoise.bargaining.study import study_table, study_talk
from equipoise.bargaining.table_file import load_table_csv

__all__ = [
    "MODELS",
    "accuracy_note",
    "deal",
    "heard",
    "load_table_csv",
    "models_asked",
    "outcomes",
    "outcomes_by_issue",
    "study_table",
    "study_talk",
]
