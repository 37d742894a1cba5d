"""Find and value numbers in plain Chinese text. Layer 2: no spaCy."""
