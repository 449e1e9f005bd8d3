"""Bulk mending: one value changed once and everywhere it is used."""
