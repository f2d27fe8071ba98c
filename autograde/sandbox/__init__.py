"""Where untrusted notebooks run, and how plain data gets in and out.

Tier `fork`. Trusted side: `client` starts a fork server in bubblewrap (`launcher`) and opens a box for each notebook. Inside:
`server` forks, `box` confines each fork, `session` runs the cells in `shell` and answers calls.

Tiers `kernel` and `none`. Trusted side: `kernel_box` runs the cells in a Jupyter kernel (`kernel`, which speaks with it
through `zmtp`); in tier `kernel`, `provisioner` starts it. Inside: `kernel_start` is confined by `box` and becomes an
ordinary kernel, in which `kernel_side` answers calls.

Both sides: `wire`, the only thing that passes; `answering`, how functions are called; `outputs`, what cells show; `linux`,
the system's means of confinement. Inside, this folder is a package of its own called `boxed`, and nothing else of
`autograde` is there.
"""
