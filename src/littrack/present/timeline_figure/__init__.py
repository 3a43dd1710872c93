"""The timeline of models as a figure: SVG, a page, Mermaid and TikZ, all from one layout."""
