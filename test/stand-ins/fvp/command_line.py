"""The command line of a Fast Model, read strictly: what is not known ends the model with code 1."""
import os
import re
import sys

from parameters import INSTANCES, PARAMETERS, fits

MODEL = "FVP_Base_RevC_2xAEMvA"

# Options that take a value, by what becomes of it.
WITH_VALUE = {
    "-C": "parameter",
    "--parameter": "parameter",
    "--data": "data",
    "-f": "file",
    "--config-file": "file",
    "-a": "application",
    "--application": "application",
    "--iris-port": "iris-port",
    "--simlimit": "simlimit",
    "--timelimit": "timelimit",
    "--cyclelimit": "number",
    "-Q": "number",
    "--quantum": "number",
    "-M": "number",
    "--min-sync-latency": "number",
    "-o": "ignored",
    "--output": "ignored",
}
FLAGS = {
    "--version": "version",
    "--stat": "stat",
    "-R": "run",
    "--run": "run",
    "-S": "debug_server",
    "--cadi-server": "debug_server",
    "-I": "debug_server",
    "--iris-server": "debug_server",
    "-A": "ignored",
    "--iris-allow-remote": "ignored",
    "-p": "ignored",
    "--print-port-number": "ignored",
    "-q": "quiet",
    "--quiet": "quiet",
}


def refuse(sentence):
    """Which words the real model has is not known; that they come before any port, with code 1, is."""
    os.write(2, f"\nError: {sentence}\n".encode())
    sys.exit(1)


class Options:
    def __init__(self):
        self.parameters = {}
        self.data = []
        self.version = self.stat = self.run = self.debug_server = self.quiet = self.ignored = False
        self.iris_port = 7100
        self.simlimit = self.timelimit = None

    def text(self, name, default):
        return self.parameters.get(name, default)

    def integer(self, name, default):
        return int(self.parameters[name], 0) if name in self.parameters else default

    def flag(self, name, default):
        if name not in self.parameters:
            return default
        value = self.parameters[name].lower()
        return value == "true" if value in ("true", "false") else int(value, 0) != 0


def parse(argv):
    options = Options()
    words = [part for word in argv for part in unpack(word)]
    while words:
        word = words.pop(0)
        if word in WITH_VALUE:
            if not words:
                refuse(f"option {word} needs a value")
            take(options, WITH_VALUE[word], words.pop(0))
        elif word in FLAGS:
            setattr(options, FLAGS[word], True)
        else:
            refuse(f"unrecognised option '{word}'")
    return options


def unpack(word):
    """`--data=X` and `-CX` are two words each, `-RS` is `-R -S`."""
    long, equals, value = word.partition("=")
    if long.startswith("--") and equals and long in WITH_VALUE:
        return [long, value]
    if re.fullmatch(r"-[A-Za-z]{2,}", word) and all(f"-{letter}" in FLAGS for letter in word[1:]):
        return [f"-{letter}" for letter in word[1:]]
    if not word.startswith("--") and len(word) > 2 and word[:2] in WITH_VALUE:
        return [word[:2], word[2:]]
    return [word]


def take(options, kind, value):
    if kind == "parameter":
        set_parameter(options, value)
    elif kind == "file":
        for line in open(value, encoding="utf-8"):
            line = line.partition("#")[0].strip()
            if line:
                set_parameter(options, line)
    elif kind == "data":
        options.data.append(data(value))
    elif kind == "application":
        refuse("the stand-in runs no application")
    elif kind in ("simlimit", "timelimit", "iris-port", "number"):
        try:
            number = float(value)
        except ValueError:
            refuse(f"'{value}' is not a number")
        if kind in ("simlimit", "timelimit"):
            setattr(options, kind, number)
        elif kind == "iris-port":
            options.iris_port = int(number)


def set_parameter(options, assignment):
    name, equals, value = assignment.partition("=")
    if not equals:
        refuse(f"'{assignment}' is no setting of a parameter")
    name = name.removeprefix(f"{MODEL}.")
    if name not in PARAMETERS:
        refuse(f"there is no parameter '{name}'")
    if not fits(PARAMETERS[name], value):
        refuse(f"'{value}' is no value of parameter '{name}'")
    options.parameters[name] = value


def data(value):
    found = re.fullmatch(r"(?:([\w.]+)=)?(.+)@(0x[0-9a-fA-F]+|\d+)", value)
    if not found:
        refuse(f"--data {value}: this is not [INSTANCE=]FILE@ADDRESS")
    instance, file, address = found.groups()
    if instance is not None and instance not in INSTANCES:
        refuse(f"--data {value}: there is no instance '{instance}'")
    return file, int(address, 0)
