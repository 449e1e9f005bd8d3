"""Law, codes and arithmetic in plain Python: nothing here knows Plone."""
