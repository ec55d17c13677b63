"""A stand-in for a UART's cable: a Unix socket at the board's end, a tty at the lab's.

The tty stays when the board goes, as a USB adapter on a cable does. While nobody has the tty open, what the board says is
lost, as on a real line; while somebody has, a byte is taken from the board only when the tty has room for it, as with
RTS/CTS. The board connects to the socket and may do so again. Arguments: SOCKET TTY. Says `ready` when both are there.

A bad cable: when TTY.damage is there as the board connects, `RATE SEED` in it, so many of all bytes are lost, doubled or
have a bit flipped until the board goes, both ways. TTY.damaged then says how many were.
"""
import math
import os
import random
import select
import socket
import sys
import tty

ROOM = 4096
# A pty does not tell when it is opened; it tells when nobody has it open.
LOOK_AGAIN_MS = 5

socket_path, tty_path = sys.argv[1:]
master, slave = os.openpty()
tty.setraw(slave)
name = os.ttyname(slave)
os.close(slave)
os.set_blocking(master, False)
for path in sys.argv[1:]:
    if os.path.lexists(path):
        os.unlink(path)
listener = socket.socket(socket.AF_UNIX)
listener.bind(socket_path)
listener.listen(1)
os.symlink(name, tty_path)
print("ready", flush=True)



class Damage:
    """Damages a share of all bytes that go by, each hit of a random kind."""

    def __init__(self, rate, seed):
        self.random = random.Random(seed)
        self.rate = rate
        self.hits = 0
        self.left = self.gap()

    def gap(self):
        """Bytes until the next hit: of independent ones the gaps are geometric."""
        return int(math.log(1 - self.random.random()) / math.log(1 - self.rate)) if self.rate > 0 else math.inf

    def __call__(self, data):
        out = bytearray()
        while self.left < len(data):
            hit = data[self.left]
            out += data[:self.left]
            out += (b"", bytes([hit, hit]), bytes([hit ^ 1 << self.random.randrange(8)]))[self.random.randrange(3)]
            data = data[self.left + 1:]
            self.left = self.gap()
            self.hits += 1
        self.left -= len(data)
        return bytes(out + data)


def damage_of_today():
    try:
        with open(tty_path + ".damage") as file:
            rate, seed = file.read().split(maxsplit=1)
        return Damage(float(rate), seed)
    except FileNotFoundError:
        return Damage(0, "")


damage = damage_of_today()
board = None
to_tty = b""
to_board = b""


def is_open():
    poll = select.poll()
    poll.register(master, 0)
    return not any(events & select.POLLHUP for _, events in poll.poll(0))


def some(read):
    """Bytes, b'' at the end, None when there are none now."""
    try:
        return read()
    except BlockingIOError:
        return None
    except OSError:
        return b""


while True:
    opened = is_open()
    poll = select.poll()
    if opened:
        events = (select.POLLOUT if to_tty else 0) | (0 if to_board else select.POLLIN)
        poll.register(master, events)
    if board is None:
        poll.register(listener, select.POLLIN)
    else:
        poll.register(board, (select.POLLOUT if to_board else 0) | (0 if to_tty else select.POLLIN))
    poll.poll(None if opened else LOOK_AGAIN_MS)

    if board is None:
        listener.setblocking(False)
        accepted = some(lambda: listener.accept()[0])
        if accepted:
            board = accepted
            board.setblocking(False)
            damage = damage_of_today()
    if board is not None and not to_tty:
        said = some(lambda: board.recv(ROOM))
        if said == b"":
            board.close()
            board = None
            if damage.rate > 0:
                with open(tty_path + ".damaged", "w") as file:
                    file.write(str(damage.hits))
        elif said:
            to_tty = damage(said)
    if not is_open():
        to_tty = b""
    if to_tty:
        written = some(lambda: os.write(master, to_tty))
        to_tty = to_tty[written or 0:]
    if not to_board:
        to_board = damage(some(lambda: os.read(master, ROOM)) or b"")
    if board is None:
        to_board = b""
    if to_board:
        sent = some(lambda: board.send(to_board))
        to_board = to_board[sent or 0:]
