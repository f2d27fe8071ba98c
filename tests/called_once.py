"""A function is called once with the same input, however many versions of a question and however many tests ask that.

All versions of a question have the same visible cases, and those drawn for a seed have the recorded hidden ones too, as
evidence. What a call comes to follows from its input alone: it begins with the same random state and with copies.
"""

import json
from functools import cache

from checking.calls import Outcome, call_case
from checking.plain import to_json

_TEXTS = {}  # by the identity of a case; beside it the case, or another might get its identity


def input_text(case) -> str:
    """The arguments of a case, to be compared."""
    if id(case) not in _TEXTS:
        _TEXTS[id(case)] = case, json.dumps(to_json(list(case.args)))
    return _TEXTS[id(case)][1]


class CalledOnce:
    """What `examine` calls for a case: the function, unless it has been called so."""

    def __init__(self, function):
        self.function, self.outcomes = function, {}

    def __call__(self, case) -> Outcome:
        key = input_text(case), case.stubs, case.adapter
        if key not in self.outcomes:
            self.outcomes[key] = call_case(self.function, case)
        return self.outcomes[key]


called_once = cache(CalledOnce)


@cache
def variant_called_once(variant) -> CalledOnce:
    """The same for a variant, whose cell is run once."""
    return CalledOnce(variant.function())
