"""biaozhu (标注, "annotation"): scored, reviewable facts from Chinese news and government text.

A value flows one way through the package: raw text is cleaned (`text`), numbers are found (`numbers`),
records are scored (`metrics`) and exchanged (`formats`), spaCy components are trained and run (`nlp`),
files are read and written by `stages`, and `cli` is the only place that prints.
"""

__version__ = "0.1.0"
