"""Which articles are one story: clean titles, how alike they are, and what speaks against it. All of it is pure."""
