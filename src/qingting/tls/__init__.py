"""TLS for pages and wss: the local authority, and certificates renewed without a stop."""
