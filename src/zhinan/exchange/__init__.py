"""Exchange: what leaves and enters as spreadsheet."""
