"""Cleaning that knows where every character came from. Layer 2: no spaCy."""
