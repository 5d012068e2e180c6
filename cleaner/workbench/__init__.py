"""For those who write rules: examples proved, the corpus searched, rules proposed."""
