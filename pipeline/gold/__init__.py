"""What makes annotations gold: validation, leakage between splits, adjudication. Layer 3: no spaCy."""
