"""Where documents come from and go to: finding them, writing safely, records of what was removed."""
