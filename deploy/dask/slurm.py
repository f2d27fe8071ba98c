#!/usr/bin/env python3
"""Have SLURM run the workers of a cluster that judges notebooks. Untried: there was no SLURM to try it on.

python deploy/dask/slurm.py JOBS TLS_FOLDER SCHEDULER_FILE      pip install dask-jobqueue

It is the scheduler, on the machine on which it is started, and stays until Ctrl-C. Then, in another terminal:
course grade SUBMISSIONS --out OUT --cluster SCHEDULER_FILE --tls TLS_FOLDER
"""

import json
import signal
import sys
from pathlib import Path

from dask_jobqueue import SLURMCluster
from distributed import Security

jobs, tls, scheduler_file = int(sys.argv[1]), Path(sys.argv[2]).resolve(), Path(sys.argv[3])
ca, cert, key = (str(tls / name) for name in ("ca.pem", "cert.pem", "key.pem"))
security = Security(
    tls_ca_file=ca,
    **{
        f"tls_{role}_{what}": path
        for role in ("scheduler", "worker", "client")
        for what, path in (("cert", cert), ("key", key))
    },
    require_encryption=True,
)
course = Path.cwd()  # on a disk that all nodes have, with its environment in .venv
cluster = SLURMCluster(
    cores=1,
    processes=1,
    memory="4GB",  # of a job: two boxes and what surrounds them
    walltime="04:00:00",
    python=str(course / ".venv" / "bin" / "python"),
    local_directory="$TMPDIR",
    job_script_prologue=[f"cd {course}", f"export DASK_CONFIG={course}/deploy/dask/dask.yaml OPENBLAS_NUM_THREADS=1"],
    scheduler_options={"dashboard_address": None, "protocol": "tls", "port": 0},
    protocol="tls",
    security=security,
)
cluster.scale(jobs=jobs)
scheduler_file.write_text(json.dumps({"address": cluster.scheduler_address}))
print(f"{cluster.scheduler_address}, in {scheduler_file}; Ctrl-C ends it")
try:
    signal.pause()
except KeyboardInterrupt:
    cluster.close()
