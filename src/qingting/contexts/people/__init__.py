"""People: tenants, users and how they prove who they are, what they may, and what they did (the audit log)."""
