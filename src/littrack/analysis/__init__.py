"""Pure functions over records and numbers: terms, fusion, ranking measures."""
