"""JupyterHub for a course: instructors get their environment on the graded class, all others that of the students.

What differs from machine to machine comes from hub.env, by way of the environment of the hub. docs/hub.md.
"""

import grp
import os
import pwd

c = get_config()  # noqa: F821
course, folder, state = os.environ["HUB_COURSE"], os.environ["HUB_FOLDER"], os.environ["HUB_STATE"]
groups = os.environ["HUB_STUDENTS"], os.environ["HUB_INSTRUCTORS"]

c.JupyterHub.bind_url = os.environ["HUB_URL"]
c.JupyterHub.hub_port = int(os.environ["HUB_PORT"])
c.JupyterHub.db_url = f"sqlite:///{state}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = f"{state}/jupyterhub_cookie_secret"
c.ConfigurableHTTPProxy.pid_file = f"{state}/jupyterhub-proxy.pid"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{os.environ['HUB_PROXY_PORT']}"
c.ConfigurableHTTPProxy.command = [f"{folder}/proxy/node_modules/.bin/configurable-http-proxy"]


def with_groups(authenticator, handler, who):
    """The groups of the system, as they are when somebody logs in."""
    own = os.getgrouplist(who["name"], pwd.getpwnam(who["name"]).pw_gid)
    who["groups"] = [name for name in groups if grp.getgrnam(name).gr_gid in own]
    return who


c.JupyterHub.authenticator_class = "pam"
c.Authenticator.allowed_groups = set(groups)
c.Authenticator.manage_groups = True
c.Authenticator.post_auth_hook = with_groups

# A server sees nothing of the hub's environment but these, so nothing of its PATH, its packages and its secrets.
c.Spawner.env_keep = ["LANG", "LC_ALL", "TZ"]
c.Spawner.default_url = "/lab"
# Students', and those of anybody who is in no group.
c.Spawner.cmd = [f"{folder}/students/bin/jupyterhub-singleuser"]
c.Spawner.environment = {
    "PATH": f"{folder}/students/bin:/usr/local/bin:/usr/bin:/bin",
    "OPENBLAS_NUM_THREADS": "1",  # many share the processors
}
c.Spawner.group_overrides = {
    "instructors": {
        "groups": [os.environ["HUB_INSTRUCTORS"]],
        "spawner_override": {
            "cmd": [f"{course}/.venv/bin/jupyterhub-singleuser"],
            "notebook_dir": os.environ["HUB_GRADES"],
            "environment": {
                "PATH": f"{course}/.venv/bin:/usr/local/bin:/usr/bin:/bin",
                "DESCENT_COURSE": course,
                "HUB_GRADES": os.environ["HUB_GRADES"],  # for jupyter_server_config.py
            },
        },
    },
}
