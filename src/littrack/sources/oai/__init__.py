"""OAI-PMH: whole categories with their version history, by day of last change."""
