"""The city's calendar, and the dates that were counted with it."""
