"""A stand-in for a UART's cable: a Unix socket at the board's end, a tty at the lab's.

The tty stays when the board goes, as a USB adapter on a cable does. While nobody has the tty open, what the board says is
lost, as on a real line; while somebody has, a byte is taken from the board only when the tty has room for it, as with
RTS/CTS. The board connects to the socket and may do so again. Arguments: SOCKET TTY. Says `ready` when both are there.
"""
import os
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
    if board is not None and not to_tty:
        said = some(lambda: board.recv(ROOM))
        if said == b"":
            board.close()
            board = None
        elif said:
            to_tty = said
    if not is_open():
        to_tty = b""
    if to_tty:
        written = some(lambda: os.write(master, to_tty))
        to_tty = to_tty[written or 0:]
    if not to_board:
        to_board = some(lambda: os.read(master, ROOM)) or b""
    if board is None:
        to_board = b""
    if to_board:
        sent = some(lambda: board.send(to_board))
        to_board = to_board[sent or 0:]
