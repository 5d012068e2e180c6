"""From points and hits to what is kept: the steps over the whole sequence of blocks."""
