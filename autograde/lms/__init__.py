"""To and from learning management systems: `downloads` takes in what they hand out, out of zips that `archives` has looked
at; `grades` reads the gradebook, `exports` writes it for Canvas and Moodle, `filling` into their own tables.
"""
