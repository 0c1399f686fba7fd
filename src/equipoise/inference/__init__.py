"""From what is seen, or judged to be seen, to what is likely: updates, why a patron acts as it does, fitted numbers."""
