"""Publication: workflow effects, dates, and what an import must not set off."""
