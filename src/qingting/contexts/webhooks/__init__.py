"""Webhooks: what happens here is told to other systems, signed, again and again until they have heard it."""
