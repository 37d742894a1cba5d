"""Everything that touches spaCy and thinc; the only place where records become Docs and back."""
