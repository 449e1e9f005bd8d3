"""Matter guides, their materials, and the forms with their filled samples."""
