"""What is known to be noise: rule files read, compiled, and matched against blocks."""
