"""The compiled engine: a block of futures, week by week, under every profile."""
