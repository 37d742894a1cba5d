"""Scores from records. Layer 3: no spaCy."""
