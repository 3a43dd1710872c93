"""Curves, bars and maps, for print and for the web: `trend_chart` and `topic_chart`."""
