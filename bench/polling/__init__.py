"""What `bench/poll.py` measures with: documents, a server, the sides that take turns, and scales."""
