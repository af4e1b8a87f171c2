"""The same calls through Qingting and through app_queue, on one machine, in one run: `python -m bench.voice`."""
