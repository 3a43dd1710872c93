"""The family graph as a figure: SVG, HTML, TikZ, Mermaid, DOT and text."""
