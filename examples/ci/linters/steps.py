"""Writes the shell of every workflow and manifest named, a file each, into a folder, for shellcheck: steps.py FOLDER FILE…

What a pipeline puts in place of an expression is not shell, so an expression in a step is a fault here.
"""

import pathlib
import sys

import yaml


class Loader(yaml.SafeLoader):
    """Tags such as GitLab's !reference and CloudFormation's !Ref stand for what is elsewhere."""


Loader.add_multi_constructor("!", lambda loader, suffix, node: None)


def flat(commands):
    if isinstance(commands, str):
        return [commands]
    return [command for part in commands or [] for command in flat(part)]


def scripts(document):
    """Each piece of shell: the shell it is written for, and its text."""
    if not isinstance(document, dict):
        return
    steps = (document.get("runs") or {}).get("steps") or []
    jobs = document.get("jobs") or {}
    for step in steps + [step for job in jobs.values() for step in job.get("steps") or []]:
        if "run" in step:
            yield step["shell"], step["run"]
    for phase in (document.get("phases") or {}).values():
        yield "bash", "\n".join(flat(phase.get("commands")))
    for job in document.values():
        if isinstance(job, dict) and ("script" in job or "before_script" in job):
            # GitLab runs both in one shell, which is that of the image.
            yield "busybox", "\n".join(flat(job.get("before_script")) + flat(job.get("script")))


def main(folder, files):
    count = 0
    for file in files:
        for document in yaml.load_all(pathlib.Path(file).read_text(encoding="utf-8"), Loader):
            for shell, text in scripts(document):
                if "${{" in text:
                    sys.exit(f"{file}: a step holds an expression; hand it over in `env`:\n{text}")
                count += 1
                name = "-".join(pathlib.PurePath(file).parts)
                path = pathlib.Path(folder, f"{name}.{count}.sh")
                path.write_text(f"#!/usr/bin/env -S {shell}\n# shellcheck shell={shell}\n{text}\n", encoding="utf-8")
    print(f"{count} steps")


main(sys.argv[1], sys.argv[2:])
