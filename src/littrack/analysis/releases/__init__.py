"""Reads the release of a model out of a paper's title and abstract."""
