"""What the staff sees, where it is not Plone's own."""
