"""What recurs across a site's documents."""
