"""Everything behind the course that students do not get: build, questions, grading, and the command `course`."""

import sys

# jsonschema builds this package's grammars when it is imported, two seconds in every process, for one format ("iri") that
# no notebook has; and imports a calendar for another one ("duration"). It does without what is missing.
for _name in ("rfc3987_syntax", "isoduration"):
    sys.modules.setdefault(_name, None)  # type: ignore[arg-type]
