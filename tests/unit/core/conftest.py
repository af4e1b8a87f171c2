from .centre import centre

__all__ = ["centre"]
