"""Labelled documents: measuring how well stories are found, and fitting the scorecard to them."""
