"""What came of it: the outcomes file, its questions and how each resolved, and what is wrong with one."""

from equipoise.scenario.outcomes.loading import KIND, OutcomesFile, load_outcomes
from equipoise.scenario.outcomes.model import Kept, Outcomes, Question, key_texts, schema
from equipoise.scenario.outcomes.starting import skeleton

__all__ = [
    "KIND",
    "Kept",
    "Outcomes",
    "OutcomesFile",
    "Question",
    "key_texts",
    "load_outcomes",
    "schema",
    "skeleton",
]
