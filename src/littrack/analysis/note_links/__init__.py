"""What the passages of a note are about, by evidence in the passage: `cascade` puts it together."""
