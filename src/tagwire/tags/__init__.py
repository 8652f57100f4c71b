"""Which tags an article carries, and which stories a filter chooses; both pure."""
