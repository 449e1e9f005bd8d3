"""Builds, starts and checks Zhinan; needs Python 3.8 and its standard library."""
