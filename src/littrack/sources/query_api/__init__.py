"""arXiv's query API: windows of submission days, queries, ids."""
