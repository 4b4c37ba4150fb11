"""Looks at suspects with a real browser: fresh context per visit, waits that end, no way round."""
