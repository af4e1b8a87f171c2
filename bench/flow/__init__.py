"""Self-service under load: `python -m bench.flow`."""
