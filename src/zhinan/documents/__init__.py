"""Documents made from data: forms, samples, texts, packages, charts, QR codes."""
