"""A run as one plain PyTorch file that needs no app: the same losses to the last bit on a CPU."""
