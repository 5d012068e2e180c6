"""Other projects' rule collections as rules of ours."""
