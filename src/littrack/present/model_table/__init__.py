"""The survey's table of models: twelve columns, in groups by access; rows first, then formats."""
