"""What if a recorded day had been under another policy: an estimate, with its assumptions."""
