"""The weekly model in plain NumPy, to be read beside the equations of `docs/model.md`."""
