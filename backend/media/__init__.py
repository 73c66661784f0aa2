"""Pictures out: certificates and posters. Plain values in, bytes out; nothing here knows a database or a request."""
