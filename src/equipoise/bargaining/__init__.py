"""Bargaining models: where talks may land, the chance of a deal, what blocks it, who has to move."""

from equipoise.bargaining.accuracy import ACCURACY_FILE, Accuracy, accuracy, accuracy_note
from equipoise.bargaining.challenge import ChallengePath, ChallengeRules, challenge_path
from equipoise.bargaining.cooperative import rubinstein_share, zone_of_agreement
from equipoise.bargaining.deadlines import (
    DeadlineRules,
    Timing,
    deadline_analysis,
    deals_under_shift,
    firm_deadline,
    random_deadline,
    shift_blocks,
)
from equipoise.bargaining.exchange import ExchangePath, Trade, exchange_path
from equipoise.bargaining.ktab import KtabPath, KtabRules, ktab_path
from equipoise.bargaining.model import Model
from equipoise.bargaining.models import MODELS, model_named, models_asked
from equipoise.bargaining.movers import Move
from equipoise.bargaining.outcomes import acceptance, deal, heard, outcomes, outcomes_by_issue
from equipoise.bargaining.pce import election_from_coalitions, pce
from equipoise.bargaining.sampling import issue_scale, talk_table
from equipoise.bargaining.study import TalkResult, study_table, study_talk, surplus
from equipoise.bargaining.table import Table
from equipoise.bargaining.table_file import load_table_csv

__all__ = [
    "ACCURACY_FILE",
    "MODELS",
    "Accuracy",
    "ChallengePath",
    "ChallengeRules",
    "DeadlineRules",
    "ExchangePath",
    "KtabPath",
    "KtabRules",
    "Model",
    "Move",
    "Table",
    "TalkResult",
    "Timing",
    "Trade",
    "acceptance",
    "accuracy",
    "accuracy_note",
    "challenge_path",
    "deadline_analysis",
    "deal",
    "deals_under_shift",
    "election_from_coalitions",
    "exchange_path",
    "firm_deadline",
    "heard",
    "issue_scale",
    "ktab_path",
    "load_table_csv",
    "model_named",
    "models_asked",
    "outcomes",
    "outcomes_by_issue",
    "pce",
    "random_deadline",
    "rubinstein_share",
    "shift_blocks",
    "study_table",
    "study_talk",
    "surplus",
    "talk_table",
    "zone_of_agreement",
]
