"""Frozen value types (spans, values, labels, records) and streaming, atomic files. Imports only `errors`."""
