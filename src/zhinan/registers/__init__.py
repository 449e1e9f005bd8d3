"""Registers: policy documents."""
