"""Publication: workflow effects, dates, revisions, and what channels are told."""
