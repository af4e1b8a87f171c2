from .fixtures import engines, world

__all__ = ["engines", "world"]
