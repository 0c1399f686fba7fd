"""The brief: what a minister reads, as one typed object made of what a run found, its signs and the base rates."""

from equipoise.briefing.brief import Base, Beside, Brief, Choice, Role, brief
from equipoise.briefing.reasons import Reasons, forgone, reasons

__all__ = ["Base", "Beside", "Brief", "Choice", "Reasons", "Role", "brief", "forgone", "reasons"]
