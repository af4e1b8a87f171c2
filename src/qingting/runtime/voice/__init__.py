"""The voice medium: telephony events become commands, effects become verbs."""

from .driver import Voice

__all__ = ["Voice"]
