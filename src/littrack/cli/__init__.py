"""The command line: a command opens the library, calls one step and prints."""
