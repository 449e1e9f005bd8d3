"""What people enter: fields made from the element tables, checks, messages."""
