"""Jobs: long and scheduled work, one leader, in batches, restartable."""
