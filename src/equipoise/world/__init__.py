"""The weekly model: a scenario as arrays, its weeks, its random streams, and the plain reference.

`compile` turns a scenario into a `World`, `parameters` draws its states, `player` plays futures in the `kernel`,
`reference` plays the same ones in plain NumPy. Modules are imported where they are used, because compiled
code takes a moment to load.
"""
