"""Records to text: tables, JSON, CSV, Markdown."""
