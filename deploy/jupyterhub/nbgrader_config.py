"""Where nbgrader's exchange is, for students and instructors: in etc/jupyter of both environments, filled in by setup."""

c = get_config()  # noqa: F821
c.Exchange.root = "@EXCHANGE@"
c.CourseDirectory.course_id = "@COURSE@"
