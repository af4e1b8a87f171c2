from . import compiled

CORE_IS_COMPILED = compiled.use()
