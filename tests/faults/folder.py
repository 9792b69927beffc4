# SPDX-License-Identifier: Apache-2.0
"""What is in an output folder."""
import os


def content(folder):
    """What an observer sees: every name below folder that does not begin with a point, and its bytes."""
    seen = {}
    for path, folders, files in os.walk(folder):
        for name in files:
            if not name.startswith("."):
                whole = os.path.join(path, name)
                with open(whole, "rb") as f:
                    seen[os.path.relpath(whole, folder)] = f.read()
    return seen


def hidden(folder):
    return [name for _, _, files in os.walk(folder) for name in files if name.startswith(".")]
