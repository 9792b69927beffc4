# SPDX-License-Identifier: Apache-2.0
"""Build and run a tutorial as printed: files of its blocks, commands of its consoles, and what these must say.

    tutorial.py FILE.md [--write]     --write puts in what the commands say now
"""
import subprocess
import sys


def blocks(lines):
    """(number of the first line inside, info words, lines) of each fenced block."""
    start = None
    for n, line in enumerate(lines):
        if line.startswith("```") and start is None:
            start, words = n + 1, line[3:].split()
        elif line.startswith("```"):
            yield start, words, lines[start:n]
            start = None


def play(body):
    """The same console with what its commands say now."""
    result = []
    code = 0
    for line in body:
        if not line.startswith("$ "):
            continue
        command = "(exit %d); %s" % (code, line[2:])
        done = subprocess.run(["sh", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        code = done.returncode
        result += [line] + done.stdout.splitlines()
    return result


def main():
    with open(sys.argv[1]) as f:
        lines = f.read().splitlines()
    made = list(lines)
    bad = commands = 0
    shift = 0
    for start, words, body in blocks(lines):
        if len(words) == 2:
            with open(words[1], "w") as f:
                f.write("\n".join(body) + "\n")
        elif words == ["console"]:
            now = play(body)
            commands += sum(line.startswith("$ ") for line in body)
            made[start + shift:start + shift + len(body)] = now
            shift += len(now) - len(body)
            if now != body:
                bad += 1
                print("line %d says:" % (start + 1), *body, "but it is:", *now, sep="\n    ")
    if "--write" in sys.argv:
        with open(sys.argv[1], "w") as f:
            f.write("\n".join(made) + "\n")
    print("%d commands, %s" % (commands, "all as printed" if bad == 0 else "%d blocks differ" % bad))


main()
