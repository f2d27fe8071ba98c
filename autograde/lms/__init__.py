"""To and from learning management systems.

`downloads` takes in what they hand out: zips that `archives` has looked at, whose names `naming` reads; it keeps a `roster`.
`grades` reads the gradebook, `exports` writes it for Canvas and Moodle, `filling` into tables of their own.
"""
