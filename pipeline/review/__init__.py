"""Label Studio over HTTP, and review without a server."""
