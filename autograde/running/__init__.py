"""The command `course grade`: `run` checks what it was given as a `request`, and `class_run` takes the class in and lands what
comes out; `runner` hands notebooks to processes, which are `worker`s; `summary` is what is printed at the end; `demo` does it
with the sample class. Where other machines judge, `cluster` finds
them, `dask_workers` hands out to them, and `dask_side` and `bench` are what runs there; `parcels` is what travels, `identity`
what has to be the same. `basis` keeps what the grades go by, `regrade` judges anew, `owning` keeps two from one folder, and
`entered` brings what people have entered in the gradebook to tables and pages.
"""
