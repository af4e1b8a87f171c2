"""What was said: two-channel recordings, from the spool into encrypted files, played by permission."""
