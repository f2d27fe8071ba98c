"""Everything behind the course that students do not get: build, questions, grading, and the command `course`."""

# In the order of the course
ASSIGNMENTS = ("initialization", "regularization", "gradient_checking", "optimizers", "tensorflow_signs")
