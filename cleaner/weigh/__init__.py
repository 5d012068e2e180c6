"""What is not known: signals, and the scorecard that gives points for them."""
