"""How long tests wait: until what they wait for comes. The bound only ends a test that would wait for ever."""

WAIT_SECONDS = 250  # below the time of a test (pyproject.toml), so that the wait is named
WAIT_MS = 1000 * WAIT_SECONDS
