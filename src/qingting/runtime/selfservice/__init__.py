"""What self-service asks of the world: other systems, letters, proofs, and what is known of who calls."""
