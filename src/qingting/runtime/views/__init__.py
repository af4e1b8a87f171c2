"""What pages see live: boards of items, kept from the same events as everything else."""
