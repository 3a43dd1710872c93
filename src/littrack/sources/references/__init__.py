"""Reference lists of the user's: BibTeX, RIS, CSL-JSON and plain text."""
