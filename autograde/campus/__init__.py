"""The command `course serve`, for a class that never ends: `service` goes on from what lies in an `inbox`, `handing_back` takes
each page to its student, and `status` says how it is doing.
"""
