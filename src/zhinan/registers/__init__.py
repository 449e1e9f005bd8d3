"""Registers: policy documents, and the lists that stand beside the guides."""
