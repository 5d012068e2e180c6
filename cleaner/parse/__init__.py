"""Sources into blocks: pages and texts, what a page says about itself, and what is no text at all."""
