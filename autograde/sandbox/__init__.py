"""Where untrusted notebooks run, and how plain data gets in and out.

Trusted side: `client` starts a fork server in bubblewrap and opens a box for each notebook. Inside: `server` forks, `box`
confines each fork, `session` runs the cells in `shell` and answers calls. Both sides: `wire`, the only thing that passes;
`linux`, the system's means of confinement. Inside, this folder is a package of its own called `boxed`, and nothing else
of `autograde` is there.
"""
