"""The jobs: one function for each thing a person asks, from Python as from the command line."""
