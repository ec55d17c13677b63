"""The terminals of the model: a TCP port for each UART, for one client."""
import os
import socket

# How much of a UART's output waits for a client that does not read, bytes. Behind that the simulation stalls.
MOST_PENDING = 4096
IAC, SB, SE, WILL, WONT, DO, DONT = 255, 250, 240, 251, 252, 253, 254
# Arm says that five commands of three bytes are sent at the beginning; which ones is a guess.
GREETING = bytes([IAC, WILL, 3, IAC, WILL, 1, IAC, DO, 3, IAC, WILL, 0, IAC, DO, 0])


def listen(port):
    """The first port from that one on that nobody has."""
    while True:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen(1)
            listener.setblocking(False)
            return listener
        except OSError:
            listener.close()
            port += 1


class Terminal:
    def __init__(self, name, listener, telnet, quiet, without_client, out_file, shutdown_tag, shutdown_on_eot, silent):
        self.name = name
        self.listener = listener
        self.port = listener.getsockname()[1]
        self.telnet = telnet
        self.quiet = quiet
        self.without_client = without_client
        self.silent = silent
        self.client = None
        # Read ends of what the UART says and hears; the simulation gives them.
        self.uart = self.to_uart = None
        self.pending = bytearray()
        self._unwritten = bytearray()
        self._decoder = TelnetDecoder()
        self._tag = shutdown_tag.encode()
        self._eot = shutdown_on_eot
        self._tail = b""
        self.shutdown = False
        self._file = open_out_file(out_file)

    def wants_uart(self):
        """Whether what the UART says is taken now."""
        if self.uart is None or self.silent:
            return False
        if self.client is None:
            return self.without_client != "stall"
        return len(self.pending) < MOST_PENDING

    def accept(self):
        client, _ = self.listener.accept()
        if self.client is not None:
            client.close()
            return
        client.setblocking(False)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.client = client
        self._decoder = TelnetDecoder()
        if self.telnet:
            self.pending[:0] = GREETING

    def read_uart(self):
        """Takes what the UART says. Returns how much it was; 0 means that there will be no more."""
        try:
            said = os.read(self.uart, 65536)
        except BlockingIOError:
            return -1
        if not said:
            os.close(self.uart)
            self.uart = None
            return 0
        if self._file is not None:
            os.write(self._file, said)
        self._look_for_end(said)
        if self.client is not None or self.without_client == "buffer":
            self.pending += said.replace(b"\xff", b"\xff\xff") if self.telnet else said
        return len(said)

    def flush(self):
        try:
            del self.pending[: self.client.send(self.pending)]
        except BlockingIOError:
            pass
        except OSError:
            self.drop()

    def read_client(self):
        try:
            typed = self.client.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            typed = b""
        if not typed:
            self.drop()
            return
        self._unwritten += self._decoder.feed(typed) if self.telnet else typed
        self.flush_uart()

    def flush_uart(self):
        """A UART that hears nothing has a full FIFO; what does not fit waits."""
        try:
            if self.to_uart is not None and self._unwritten:
                del self._unwritten[: os.write(self.to_uart, self._unwritten)]
        except BlockingIOError:
            pass
        except OSError:
            self._unwritten.clear()

    def drop(self):
        self.client.close()
        self.client = None
        self.pending.clear()

    def _look_for_end(self, said):
        if self._tag:
            self._tail = (self._tail + said)[-(len(self._tag) + 65536) :]
            self.shutdown |= self._tag in self._tail
        self.shutdown |= self._eot and b"\x04" in said


class TelnetDecoder:
    """Takes commands out of what a telnet client sends."""

    def __init__(self):
        self._state = "data"

    def feed(self, received):
        data = bytearray()
        for byte in received:
            self._state = self._next(byte, data)
        return data

    def _next(self, byte, data):
        if self._state == "data":
            if byte == IAC:
                return "command"
            data.append(byte)
            return "data"
        if self._state == "command":
            if byte == IAC:
                data.append(byte)
                return "data"
            if byte == SB:
                return "subnegotiation"
            return "option" if byte in (WILL, WONT, DO, DONT) else "data"
        if self._state == "subnegotiation":
            return "end of subnegotiation" if byte == IAC else "subnegotiation"
        if self._state == "end of subnegotiation":
            return "data" if byte == SE else "subnegotiation"
        return "data"


def open_out_file(name):
    if not name:
        return None
    return 1 if name == "-" else os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
