"""The brief: what a minister reads, as one typed object made of what a run found, its signs and the base rates."""

from equipoise.briefing.brief import Base, Beside, Brief, Choice, Role, brief

__all__ = ["Base", "Beside", "Brief", "Choice", "Role", "brief"]
