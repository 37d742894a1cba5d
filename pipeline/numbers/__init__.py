"""Find and value numbers in plain Chinese text. Layer 2: no spaCy.

`find_numbers(text, date)` is the grammar; `find_candidates` also gives what the grammar leaves to the trained filter of
`pipeline.nlp.numbers`.
"""

from pipeline.numbers.find import Candidate, find_candidates, find_numbers

__all__ = ["Candidate", "find_candidates", "find_numbers"]
