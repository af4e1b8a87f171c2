"""Searches of customers that somebody keeps, for themselves or for others."""
