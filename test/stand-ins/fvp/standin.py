"""What FVP_STANDIN may ask of the stand-in."""

KNOWN = {
    "script",  # script:FILE  the simulation is that script instead of QEMU
    "prefix",  # the terminals are announced as Corstone models do it, `Info: MODEL: ` first
    "shuffle",  # they are announced in another order
    "no-client",  # no-client:lose|stall|buffer  what becomes of a UART's bytes while nobody is connected
    "loads",  # loads:S  that long it loads images, between its announcements and its first instruction
    "late-ports",  # late-ports:S  the terminals are announced S seconds late
    "drop-ports",  # drop-ports:N  terminal N is never announced
    "silent",  # silent:N  UART N is never read, so that the simulation stalls when it has said enough
    "no-license",  # it ends before it announces anything
    "die-on-start",  # the same by a signal
    "crash",  # crash:S  it ends by a signal S seconds after its start
    "hang",  # hang:S  it is stopped S seconds after its start
    "deaf",  # it does not listen to SIGINT
    "linger",  # linger:S  its end leaves a process that holds its outputs and its clients for S seconds
}


class Wishes:
    def __init__(self, text):
        self._wishes = {}
        for wish in filter(None, text.split(",")):
            name, _, value = wish.partition(":")
            if name not in KNOWN:
                raise SystemExit(f"FVP_STANDIN: there is no {name}; there are {', '.join(sorted(KNOWN))}")
            self._wishes[name] = value

    def __contains__(self, name):
        return name in self._wishes

    def text(self, name, default):
        return self._wishes.get(name, default)

    def seconds(self, name, default):
        return float(self._wishes[name]) if name in self._wishes else default
