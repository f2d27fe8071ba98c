"""Everything behind the course that students do not get: build, questions, grading, and the command `course`."""

ASSIGNMENTS = ("initialization", "regularization", "gradient_checking", "optimizers")  # in the order of the course
