#!/bin/sh
# ser2net: what a board says in two parts arrives in two parts, the second one 40 ms late.
#
# Guessed: a console server that has read a byte from the UART sends it on, as an interactive program does; between a board
# that echoes a line and whoever waits for the echo lies nothing but the network.
# Seen (ser2net 4.3.11-1 and libgensio4 2.6.2-4 of Debian 12): its TCP accepter leaves Nagle's algorithm on unless it is told
# `tcp(nodelay)`. What follows a first small segment waits until that one has been acknowledged, and a Linux that has just
# typed something delays this for 40 ms. A boot loader's dialogue pays that at nearly each line: ten lines cost 0.4 s. The
# reader cannot help it: its own TCP_NODELAY is about what it sends.
#
# Debian's packages are unpacked into a temporary folder and run from there, on loopback; nothing is installed. Needs python3.
# Exits with 0 while that is so, with 1 when ser2net does otherwise, with 2 when the packages cannot be had.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
version='4.3.11-1'

mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -v '^ *#' | grep -oE 'https?://[^ ]+/debian/?' | head -n 1)
echo "deb $mirror bookworm main" >sources.list
mkdir -p lists/partial cache/archives/partial
apt() {
  apt-get -o Dir::Etc::sourcelist="$folder/sources.list" -o Dir::Etc::sourceparts=- \
    -o Dir::State::lists="$folder/lists" -o Dir::Cache="$folder/cache" "$@"
}
{ apt update && apt download "ser2net=$version" libgensio4=2.6.2-4 libsctp1 libavahi-client3 libavahi-common3 libyaml-0-2 libwrap0; } >apt.log 2>&1 || {
  echo "ser2net $version cannot be had from this host's package sources:"
  tail -n 4 apt.log
  exit 2
}
for deb in *.deb; do dpkg-deb -x "$deb" root; done
LD_LIBRARY_PATH=$folder/$(dirname "$(find root -name 'libgensio.so.4' | head -n 1)")
export LD_LIBRARY_PATH
root/usr/sbin/ser2net -v || {
  echo "the libraries of ser2net are missing here"
  exit 2
}

cat >measure.py <<'PYTHON'
"""A board on a pty, ser2net before it, and a reader that types one byte and waits for an answer of two parts."""
import os, pty, socket, statistics, subprocess, sys, threading, time, tty

def late(options):
    board, line = pty.openpty()
    tty.setraw(board)
    tty.setraw(line)
    free = socket.socket(); free.bind(('127.0.0.1', 0)); port = free.getsockname()[1]; free.close()
    with open('ser2net.yaml', 'w') as file:
        file.write('%YAML 1.1\n---\nconnection: &one\n'
                   f'  accepter: tcp{options},127.0.0.1,{port}\n'
                   f'  connector: serialdev(nouucplock=true),{os.ttyname(line)},115200n81,local\n')
    server = subprocess.Popen(['root/usr/sbin/ser2net', '-n', '-c', 'ser2net.yaml', '-P', 'ser2net.pid'])
    try:
        for _ in range(200):
            try:
                reader = socket.create_connection(('127.0.0.1', port)); break
            except ConnectionRefusedError:
                time.sleep(0.02)
        reader.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        def answer():
            while os.read(board, 1):
                os.write(board, b'echo')
                time.sleep(0.005)
                os.write(board, b'answer')
        threading.Thread(target=answer, daemon=True).start()
        gaps = []
        for _ in range(20):
            reader.sendall(b'\r')
            said = reader.recv(100); first = time.monotonic()
            while len(said) < 10: said += reader.recv(100)
            gaps.append((time.monotonic() - first) * 1000)
        return statistics.median(gaps)
    finally:
        server.kill(); server.wait()

plain, nodelay = late(''), late('(nodelay)')
print(f'the second part of an answer, said 5 ms after the first, arrives {plain:.0f} ms after it; with tcp(nodelay) {nodelay:.0f} ms')
sys.exit(0 if plain >= 30 and nodelay < 20 else 1)
PYTHON
python3 measure.py
