"""Everything behind the course that students do not get: build, questions, grading, and the command `course`."""

import sys

# jsonschema builds this package's grammars when it is imported, two seconds in every process, for one format ("iri") that
# no notebook has; it does without where the package is missing.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
