"""Opens leads and freezes what they show: resolving, HTTP, registration, Visits."""
