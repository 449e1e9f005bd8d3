"""Finding things: text extraction, word pairs, queries."""
