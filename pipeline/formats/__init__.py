"""Records to and from what other tools read. Layer 3: no spaCy (DocBin is in `nlp`)."""
