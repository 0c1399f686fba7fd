"""Bargaining models: where talks may land, the chance of a deal, who has to move."""

from equipoise.talks.accuracy import ACCURACY_FILE, Accuracy, accuracy, accuracy_note
from equipoise.talks.models import MODELS, Model, model_named, models_asked
from equipoise.talks.outcomes import acceptance, deal, outcomes, outcomes_by_issue
