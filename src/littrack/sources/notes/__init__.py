"""Notes in Markdown, plain text, HTML, PDF, DOCX and of Zotero -> littrack.notes.Note."""
