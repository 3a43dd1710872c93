"""The outside world -> records: arXiv's query API and files of arXiv metadata."""
