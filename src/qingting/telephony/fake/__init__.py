"""A voice engine inside this process, for tests, simulations and demonstrations without telephones.

It passes the contract suite that the real one passes.
"""

from .engine import FakeEngine

__all__ = ["FakeEngine"]
