"""What notes state that something else contradicts, each in one sentence of the note's language."""
