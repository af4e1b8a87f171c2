"""Outgoing mail: its queue, sent until it is delivered or given up, and its texts."""
