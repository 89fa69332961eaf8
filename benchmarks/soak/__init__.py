"""Long trials of what the app promises, on the real app: `python -m benchmarks.soak`."""
