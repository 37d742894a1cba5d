"""Feature sources: registered functions that describe every character of a batch of texts by 64-bit codes."""
