"""JupyterLab for who teaches: `lab` starts it, `contents` says what of a class it serves, `formgrader` and `exporter` keep
nbgrader's pages current and harmless.
"""
