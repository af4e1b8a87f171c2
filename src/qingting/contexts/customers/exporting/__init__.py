"""Customers taken out as a file, which importing reads again."""
