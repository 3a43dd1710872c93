"""Files of papers: JSON lines, CSV, saved answers of arXiv's services."""
