"""How a function that a notebook has defined is called, whatever the notebook has done to its process before."""

import sys

from checking.calls import Outcome, call

# Modules whose names are put back before a function is called, whatever the cells have done to them.
_PROTECTED = ("builtins", "math", "random", "numpy", "helpers", "checking")
_OWN_HOOKS = ("matplotlib", "IPython", "ipykernel")


class ModuleSnapshot:
    """The names in modules as they were before any student's code ran."""

    def __init__(self):
        known = [m for name, m in list(sys.modules.items()) if m and name.split(".")[0] in _PROTECTED]
        self._kept = [(vars(module), dict(vars(module))) for module in known]

    def restore(self) -> None:
        """Put these names back; a name that has been added since stays."""
        for names, kept in self._kept:
            names.update(kept)


def forget_hooks(shell) -> None:
    """A cell is run as it is written: what an earlier one hooked into the shell is taken off."""
    shell.ast_transformers = []
    shell.input_transformers_post = []
    for hooks in shell.events.callbacks.values():
        for hook in [h for h in hooks if not getattr(h, "__module__", "").startswith(_OWN_HOOKS)]:
            hooks.remove(hook)


def answer(names: dict, asked: dict) -> dict:
    """What comes of a call {"name", "args", "stubs", "adapter", "seconds"}: what a checking.calls.Outcome says."""
    return vars(_outcome(names, asked))


def _outcome(names: dict, asked: dict) -> Outcome:
    name = asked["name"]
    if name not in names:
        return Outcome("missing")
    function = names[name]
    if not callable(function):
        return Outcome("unusable", message=f"`{name}` is {type(function).__name__}, not a function.")
    return call(function, tuple(asked["args"]), asked["stubs"], asked["adapter"], asked["seconds"])
