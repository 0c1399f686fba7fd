"""From uncertain numbers to values, and from values to estimates with their errors."""
