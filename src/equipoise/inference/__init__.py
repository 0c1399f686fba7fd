"""From what was seen to what is likely: why a patron does what it does. See docs/why.md."""
