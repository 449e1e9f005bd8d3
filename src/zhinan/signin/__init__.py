"""Signing in: delays, passwords, second factor, sessions, headers."""
