"""Safe keeping: backup, restore, health, and what happens when the disk is full."""
