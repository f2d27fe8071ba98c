"""To and from learning management systems.

`downloads` takes in what they hand out: zips that `archives` has looked at, whose names `naming` reads, and `gradescope`
where these do not say whose a file is. `folders` says where each student's work goes; a `roster` keeps it.
`grades` reads the gradebook, `exports` writes it for Canvas and Moodle, `filling` into tables of their own.
"""
