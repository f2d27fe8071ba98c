"""The command `course serve`, for a class that never ends: `service` goes on from what lies in an `inbox`, by way of `reading`;
`handing_back` takes each page to its student, `tables` keeps those of the class, and `status` says how it is doing.
`hub` says what is open to students where they work on the same machine.
"""
