"""The append-only record (全程留痕) of what was done, by whom and when."""
