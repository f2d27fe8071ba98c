"""From what somebody handed in to what each question came to.

`intake` finds submissions, and says which file is the work; `notebook_file` reads a file, or says what else it is; `restore`
repairs notebooks; `reader` has all that done in a process with limits. `tiers` says where boxes come from, `judge` runs a notebook in one, asks it and scores, `sanitize` takes what is active out of what is kept,
`preprocessors` does the same for nbgrader's own commands.
"""
