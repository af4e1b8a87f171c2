"""Customers who may be the same: found, compared, decided by people."""
