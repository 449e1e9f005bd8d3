"""Pages: the lean layout that public and staff pages share, lists, the page memory."""
