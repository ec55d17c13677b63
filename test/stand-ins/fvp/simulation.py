"""
What is simulated: a child process whose UARTs are pipes. It never outlives the model: the kernel kills it when the model
dies, and a follower stops it and lets it go on as the model is stopped and goes on.
"""
import ctypes
import json
import os
import signal
import sys
import time

from command_line import refuse
from device_tree import bootargs

PR_SET_PDEATHSIG = 1
# TF-A's PLAT=qemu takes BL1 from the start of flash and the FIP from here on (plat/qemu/qemu/include/platform_def.h).
FIP_OFFSET = 0x40000
# Where BL33 is put, and the initrd: the addresses that the project's firmware for QEMU has.
BL33, INITRD = 0x60000000, 0x70000000


class Simulation:
    """Two UARTs that speak; the others are there and silent."""

    uarts = 2

    def __init__(self):
        # For each UART: [read end of what it says, write end of what it hears], and the child's ends of the same.
        self.ends = []
        self._theirs = []
        for _ in range(self.uarts):
            said, says = os.pipe()
            hears, heard = os.pipe()
            for end in (said, heard):
                os.set_blocking(end, False)
            self.ends.append((said, heard))
            self._theirs.append((says, hears))
        self.pid = None
        self.simulated = self.user = self.system = 0.0
        self._created = time.monotonic()
        self._started = None

    @property
    def wall(self):
        return time.monotonic() - self._created

    def start(self):
        model = os.getpid()
        self._started = time.monotonic()
        self.pid = os.fork()
        if self.pid == 0:
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != model:
                os._exit(1)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            self.become()
        for says, hears in self._theirs:
            os.close(says)
            os.close(hears)
        follow(model, self.pid)

    def become(self):
        raise NotImplementedError

    def reap(self):
        """Waits for the child. Returns its exit code, or minus the number of the signal that ended it."""
        _, status, usage = os.wait4(self.pid, 0)
        self.simulated = time.monotonic() - self._started
        self.user, self.system = usage.ru_utime, usage.ru_stime
        return os.waitstatus_to_exitcode(status)


def follow(model, simulation):
    """Stops and continues the simulation with the model. Nothing tells a child that its parent was stopped: it is asked."""
    if os.fork() != 0:
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.closerange(0, 1024)
    try:
        with open(f"/proc/{model}/stat", "rb", buffering=0) as file:
            was = b"R"
            while True:
                file.seek(0)
                line = file.read()
                state = line[line.rindex(b")") + 2 :][:1]
                if state in b"ZX":
                    break
                if (state in b"Tt") != (was in b"Tt"):
                    os.kill(simulation, signal.SIGSTOP if state in b"Tt" else signal.SIGCONT)
                was = state
                time.sleep(0.001)
    except OSError:
        pass
    os._exit(0)


class ScriptedSimulation(Simulation):
    """
    All four UARTs can speak. Steps in a JSON file: {"say": TEXT, "on": UART, "times": N}, {"bytes": [...], "on": UART}, {"hear": N, "on": UART} (waits
    for N line feeds), {"take": N, "on": UART} (waits for N bytes and says them on UART 0, in hex), {"echo": N} (says back what it hears until N line feeds came), {"wait": SECONDS},
    {"end": "off" | "crash" | "sleep"}.
    """

    uarts = 4

    def __init__(self, file, exit_on_shutdown):
        super().__init__()
        self._steps = json.load(open(file, encoding="utf-8"))
        self._exit = exit_on_shutdown

    def become(self):
        for step in self._steps:
            says, hears = self._theirs[step.get("on", 0)]
            if "say" in step or "bytes" in step:
                said = bytes(step["bytes"]) if "bytes" in step else step["say"].encode()
                for _ in range(step.get("times", 1)):
                    write_all(says, said)
            elif "hear" in step or "echo" in step:
                left = step.get("hear", step.get("echo"))
                while left > 0:
                    heard = os.read(hears, 1)
                    left -= heard == b"\n"
                    if "echo" in step:
                        write_all(says, heard)
            elif "take" in step:
                taken = b""
                while len(taken) < step["take"]:
                    taken += os.read(hears, 1)
                write_all(self._theirs[0][0], taken.hex().encode() + b"\n")
            elif "wait" in step:
                time.sleep(step["wait"])
            elif step["end"] == "crash":
                signal.signal(signal.SIGSEGV, signal.SIG_DFL)
                os.kill(os.getpid(), signal.SIGSEGV)
            elif step["end"] == "off" and self._exit:
                os._exit(0)
            while step.get("end"):
                signal.pause()
        os._exit(0)


def write_all(fd, data):
    while data:
        data = data[os.write(fd, data) :]


class QemuSimulation(Simulation):
    """QEMU's machine `virt` with firmware that was built for it: the images of PLAT=fvp cannot run there."""

    def __init__(self, options):
        super().__init__()
        self._options = options
        if not options.text("bp.secureflashloader.fname", "") or not options.text("bp.flashloader0.fname", ""):
            refuse("the stand-in boots bp.secureflashloader.fname and bp.flashloader0.fname, and one is missing")

    def become(self):
        null = os.open("/dev/null", os.O_RDONLY)
        os.dup2(null, 0)
        # What QEMU complains of is a complaint of the model.
        os.dup2(2, 1)
        command = self._command()
        try:
            os.execvp(command[0], command)
        except OSError as error:
            os.write(2, f"{command[0]}: {error.strerror}\n".encode())
        os._exit(1)

    def _command(self):
        options = self._options
        cores = sum(options.integer(f"cluster{n}.NUM_CORES", 4) for n in (0, 1))
        tagging = options.integer("cluster0.memory_tagging_support_level", 0) >= 2
        machine = "virt,secure=on,virtualization=on,gic-version=3" + (",mte=on" if tagging else "")
        command = ["qemu-system-aarch64", "-no-user-config", "-nodefaults", "-display", "none", "-machine", machine]
        command += ["-cpu", "max,sme=off,pauth-impdef=on", "-smp", str(max(cores, 1)), "-m", "2048"]
        command += ["-bios", f"/proc/self/fd/{self._flash()}"]
        if not options.flag("bp.ve_sysregs.exit_on_shutdown", False):
            command.append("-no-shutdown")
        for n, (says, hears) in enumerate(self._theirs):
            for end in (says, hears):
                os.set_inheritable(end, True)
            paths = f"path=/proc/self/fd/{says},input-path=/proc/self/fd/{hears}"
            command += ["-chardev", f"file,id=uart{n},{paths}", "-serial", f"chardev:uart{n}"]
        disk = options.text("bp.virtioblockdevice.image_path", "")
        if disk:
            command += ["-drive", f"if=none,id=disk,format=raw,file={disk}", "-device", "virtio-blk-device,drive=disk"]
        return command + self._memory()

    def _flash(self):
        flash = bytearray(contents(self._options.text("bp.secureflashloader.fname", "")))
        flash += bytes(max(0, FIP_OFFSET - len(flash)))
        flash += contents(self._options.text("bp.flashloader0.fname", ""))
        # A file without a name, so that nothing is left however this ends.
        file = os.memfd_create("flash", 0)
        write_all(file, flash)
        return file

    def _memory(self):
        """What `--data` put into the FVP's memory, by what it is: the addresses are others here."""
        command, kernel, append, initrd = [], None, "console=ttyAMA0", 0
        for file, _ in self._options.data:
            head = contents(file, 64)
            if head[:4] == b"\xd0\x0d\xfe\xed":
                append = bootargs(contents(file)) or append
            elif head[:2] == b"\x1f\x8b" or head[:6] == b"070701":
                initrd = os.path.getsize(file)
                command += ["-device", f"loader,file={file},addr=0x{INITRD:x},force-raw=on"]
            else:
                if head[56:60] == b"ARM\x64":
                    kernel = file
                command += ["-device", f"loader,file={file},addr=0x{BL33:x},force-raw=on"]
        if kernel:
            # The UART of a command line that was made for the FVP is at another address here.
            append = append.replace("0x1c090000", "0x9000000")
            where = f" initrdmem=0x{INITRD:x},{initrd}" if initrd else ""
            command += ["-kernel", kernel, "-append", append + where]
        return command


def contents(name, most=-1):
    with open(name, "rb") as file:
        return file.read(most)
