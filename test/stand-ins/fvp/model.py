"""
A stand-in for an FVP: the same command line, lines, ports, signals and ends, and a simulation that is something else: QEMU
with firmware that was built for QEMU, or a script. As the real one it is one process to those who look: stopped, the
simulation stands still; killed, all of it is gone; and it ends when it has said all.

FVP_STANDIN asks for more, separated by commas: a script for a simulation, another look of the lines, faults (standin.py).
"""
import os
import signal
import sys
import time

from command_line import parse, refuse
from loop import Loop
from simulation import QemuSimulation, ScriptedSimulation
from standin import Wishes
from terminals import Terminal, listen

NAME = "FVP_Base_RevC_2xAEMvA"
RULER = "-" * 79


def say(text):
    os.write(1, text.encode())


def main(argv):
    wishes = Wishes(os.environ.get("FVP_STANDIN", ""))
    options = parse(argv)
    if options.version:
        say("Fast Models [11.31.28 (stand-in, nothing of Arm's)]\nCopyright: see the test that runs it.\n\n")
        return
    if "no-license" in wishes:
        refuse("License check failed (a sentence of the stand-in: the real one is not known)")
    if "die-on-start" in wishes:
        die_by(signal.SIGSEGV)
    images = readable_images(options)
    time.sleep(wishes.seconds("late-ports", 0))
    terminals = make_terminals(options, wishes)
    announce(terminals, options, wishes)
    for part, file in images:
        if not options.quiet:
            say(f"\nInfo: {NAME}: {NAME}.{part}: FlashLoader: Loaded {size_of(file)} from file '{file}'\n")
    time.sleep(wishes.seconds("loads", 0))
    simulation = make_simulation(options, wishes)
    loop = Loop(terminals, simulation, options, wishes)
    # A debugger is to set it running, unless the command line does.
    if options.run or not options.debug_server:
        simulation.start()
    end = loop.run()
    if end.signal is not None:
        die_by(end.signal)
    if end.limit:
        say(f"\nInfo: Simulation is stopping. Reason: {end.limit} has been exceeded.\n")
    say("\nInfo: /OSCI/SystemC: Simulation stopped by user.\n")
    if options.stat:
        say(statistics(simulation))
    if "linger" in wishes:
        linger(wishes.seconds("linger", 5))
    sys.stdout.flush()
    os._exit(end.code)


def readable_images(options):
    """The firmware's images as (part of the model, file); a file that cannot be read ends the model before a port is there."""
    images = []
    for name, value in options.parameters.items():
        part = name.rpartition(".")[0]
        if not (name.endswith(".fname") or name.endswith(".image_path")) or not value:
            continue
        if not os.access(value, os.R_OK):
            refuse(f"{NAME}.{part}: cannot open file '{value}'")
        if name.endswith("flashloader0.fname") or name.endswith("secureflashloader.fname"):
            images.append((part, value))
    for file, _ in options.data:
        if not os.access(file, os.R_OK):
            refuse(f"cannot open data file '{file}'")
    return images


def make_terminals(options, wishes):
    terminals = []
    for number in range(4):
        at = f"bp.terminal_{number}"
        socket = listen(options.integer(f"{at}.start_port", 5000))
        terminals.append(
            Terminal(
                name=f"terminal_{number}",
                listener=socket,
                telnet=options.text(f"{at}.mode", "telnet") == "telnet",
                quiet=options.flag(f"{at}.quiet", False),
                without_client=wishes.text("no-client", "buffer"),
                out_file=options.text(f"bp.pl011_uart{number}.out_file", ""),
                shutdown_tag=options.text(f"bp.pl011_uart{number}.shutdown_tag", ""),
                shutdown_on_eot=options.flag(f"bp.pl011_uart{number}.shutdown_on_eot", False),
                silent=wishes.text("silent", "") == str(number),
            )
        )
    return terminals


def announce(terminals, options, wishes):
    order = [3, 1, 0, 2] if "shuffle" in wishes else [0, 1, 2, 3]
    prefix = f"Info: {NAME}: " if "prefix" in wishes else ""
    for number in order:
        terminal = terminals[number]
        if terminal.quiet or wishes.text("drop-ports", "") == str(number):
            continue
        say(f"{prefix}{terminal.name}: Listening for serial connection on port {terminal.port}\n")
    if options.debug_server:
        say(f"Iris server started listening to port {options.iris_port}\n")
    if options.flag("bp.terminal_0.start_telnet", True):
        os.write(2, b"xterm: Xt error: Can't open display: \n")


def make_simulation(options, wishes):
    if "script" in wishes:
        return ScriptedSimulation(wishes.text("script", ""), options.flag("bp.ve_sysregs.exit_on_shutdown", False))
    return QemuSimulation(options)


def size_of(file):
    size = os.path.getsize(file)
    return f"{size >> 20} MB" if size >= 1 << 20 else f"{size >> 10} kB"


def statistics(simulation):
    wall = max(simulation.wall, 1e-6)
    rows = [
        ("Simulated time", f"{simulation.simulated:.6f}s"),
        ("User time", f"{simulation.user:.6f}s"),
        ("System time", f"{simulation.system:.6f}s"),
        ("Wall time", f"{wall:.6f}s"),
        ("Performance index", f"{simulation.simulated / wall:.2f}"),
    ]
    head = f"--- {NAME} statistics: ".ljust(79, "-")
    return f"\n{head}\n" + "".join(f"{name:<40}: {value}\n" for name, value in rows) + f"{RULER}\n"


def die_by(number):
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    time.sleep(10)


def linger(seconds):
    """Leaves a process of another session behind that holds all that this one holds."""
    if os.fork() == 0:
        os.setsid()
        time.sleep(seconds)
        os._exit(0)
