# SPDX-License-Identifier: Apache-2.0
"""What a cell must hold: a number, a text, None for blank, or one of several where the contract leaves the choice."""
import math
from fractions import Fraction


class OneOf:
    def __init__(self, *choices):
        self.choices = choices

    def __repr__(self):
        return " or ".join(show(one) for one in self.choices)


class Skip:
    """Not compared."""

    def __repr__(self):
        return "anything"


SKIP = Skip()


def show(want):
    if want is None:
        return "blank"
    if isinstance(want, Fraction):
        return "%.6f" % float(want)
    return str(want)


def perhaps(want):
    """This or blank."""
    return want if want is None or want is SKIP else OneOf(want, None)


def holds(have, want):
    if want is SKIP:
        return True
    if isinstance(want, OneOf):
        return any(holds(have, one) for one in want.choices)
    if want is None:
        return have == ""
    if have == "":
        return False
    if isinstance(want, (int, Fraction, float)):
        try:
            number = int(have, 16) if have.startswith("0x") else float(have)
        except ValueError:
            return False
        return math.isclose(number, float(want), rel_tol=2e-6, abs_tol=2.1e-6)
    return have == want
