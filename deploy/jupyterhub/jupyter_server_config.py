"""An instructor's server on the hub: formgrader over the class, served as `course lab OUT` serves it.

In etc/jupyter of the instructors' environment. Servers that the hub did not start are as they were.
"""

import os
import sys
from pathlib import Path

from autograde.serving.lab import CannotOpen, formgrader_on, over_a_class

c = get_config()  # noqa: F821
if out := os.environ.get("HUB_GRADES"):
    try:
        os.environ.update(formgrader_on(Path(out)))
    except (CannotOpen, OSError) as error:  # Jupyter would say a line of it, and go on without this file
        sys.exit(f"{error}. It is there as soon as `course serve` has begun")
    for name, value in over_a_class().items():
        section, setting = name.split(".")
        c[section][setting] = value
