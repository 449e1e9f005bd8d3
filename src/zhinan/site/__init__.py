"""Distribution, set-up and upgrades."""
