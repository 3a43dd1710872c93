"""One use-case a file, in the order of the data: import or ingest, embed, index, search."""
