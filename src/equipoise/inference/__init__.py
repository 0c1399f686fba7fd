"""From what is seen, or judged to be seen, to what is likely: why a patron does what it does; fitted numbers."""
