"""Pages for people: `feedback` for a student, `report` for who teaches, from the figures of `statistics`."""
