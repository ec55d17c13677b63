"""The model while it runs: carries bytes between UARTs and clients, and ends when the simulation does, or when told to."""
import os
import select
import signal
import time
from dataclasses import dataclass

# How long clients may take at the end to read what is left for them, seconds.
LAST_WORDS = 5
# How long bytes of a UART gather, seconds: they come one by one, and each would wake the model.
GATHER = 0.002


@dataclass
class End:
    code: int = 0
    signal: int | None = None
    limit: str = ""


class Loop:
    def __init__(self, terminals, simulation, options, wishes):
        self._terminals = terminals
        self._simulation = simulation
        self._wishes = wishes
        self._stays = not options.flag("bp.ve_sysregs.exit_on_shutdown", False)
        self._began = time.monotonic()
        self._asked = False
        self._stopped_by = None
        self._limits = [
            (limit, reason)
            for limit, reason in ((options.timelimit, "CPU time"), (options.simlimit, "Simulated time"))
            if limit is not None
        ]
        for terminal, (said, heard) in zip(terminals, simulation.ends):
            terminal.uart, terminal.to_uart = said, heard
        wakes, woken = os.pipe()
        for end in (wakes, woken):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(woken)
        self._wakes = wakes
        if "deaf" in wishes:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        elif signal.getsignal(signal.SIGINT) != signal.SIG_IGN:
            # Who starts a program with SIGINT ignored, as shells do in the background, means it.
            signal.signal(signal.SIGINT, self._ask)

    def run(self):
        end = End()
        while True:
            self._turn(self._next_moment())
            if self._moment("crash"):
                return End(signal=signal.SIGSEGV)
            if self._moment("hang"):
                self._wishes = _Without(self._wishes, "hang")
                os.kill(os.getpid(), signal.SIGSTOP)
            for limit, reason in self._limits:
                if self._elapsed() >= limit:
                    end.limit, self._asked = reason, True
            if self._asked or any(terminal.shutdown for terminal in self._terminals):
                if self._simulation.pid is not None:
                    os.kill(self._simulation.pid, signal.SIGKILL)
                    self._simulation.reap()
                break
            if self._simulation.pid is not None and self._ended():
                code = self._simulation.reap()
                if code < 0:
                    end.signal = -code
                end.code = max(code, 0)
                break
        self._drain()
        return end

    def _ask(self, *_):
        self._asked = True

    def _elapsed(self):
        return time.monotonic() - self._began

    def _moment(self, wish):
        return wish in self._wishes and self._elapsed() >= self._wishes.seconds(wish, 0)

    def _next_moment(self):
        moments = [self._wishes.seconds(wish, 0) for wish in ("crash", "hang") if wish in self._wishes]
        moments += [limit for limit, _ in self._limits]
        return max(0, min([moment - self._elapsed() for moment in moments], default=3600))

    def _ended(self):
        return os.waitid(os.P_PID, self._simulation.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def _turn(self, patience):
        reading, writing = [self._wakes], []
        child = None
        if self._simulation.pid is not None:
            child = os.pidfd_open(self._simulation.pid)
            reading.append(child)
        for terminal in self._terminals:
            reading.append(terminal.listener)
            if terminal.client is not None:
                reading.append(terminal.client)
                if terminal.pending:
                    writing.append(terminal.client)
            if terminal.wants_uart():
                reading.append(terminal.uart)
        ready, able, _ = select.select(reading, writing, [], patience)
        if child is not None:
            os.close(child)
        if self._wakes in ready:
            os.read(self._wakes, 4096)
        said = False
        for terminal in self._terminals:
            if terminal.listener in ready:
                terminal.accept()
            if terminal.client is not None and terminal.client in ready:
                terminal.read_client()
            if terminal.uart is not None and terminal.uart in ready and terminal.wants_uart():
                said |= terminal.read_uart() > 0
            if terminal.client is not None and (terminal.pending or terminal.client in able):
                terminal.flush()
            terminal.flush_uart()
        if said and self._simulation.pid is not None:
            time.sleep(GATHER)

    def _drain(self):
        """The simulation is over: what it has said goes to the clients before the model ends."""
        deadline = time.monotonic() + LAST_WORDS
        for terminal in self._terminals:
            # Somebody may have connected since the last look.
            if select.select([terminal.listener], [], [], 0)[0]:
                terminal.accept()
            while terminal.uart is not None and not terminal.silent and time.monotonic() < deadline:
                if terminal.client is None and terminal.without_client == "stall":
                    break
                if terminal.read_uart() == -1:
                    break
                if terminal.client is not None and terminal.pending:
                    select.select([], [terminal.client], [], max(0, deadline - time.monotonic()))
                    terminal.flush()
            while terminal.client is not None and terminal.pending and time.monotonic() < deadline:
                select.select([], [terminal.client], [], max(0, deadline - time.monotonic()))
                terminal.flush()


class _Without:
    """Wishes but for one that was granted."""

    def __init__(self, wishes, granted):
        self._wishes = wishes
        self._granted = granted

    def __contains__(self, wish):
        return wish != self._granted and wish in self._wishes

    def __getattr__(self, name):
        return getattr(self._wishes, name)
