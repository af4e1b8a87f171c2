"""Customers from files: read, mapped to fields, judged row by row, brought in by a process of its own."""
