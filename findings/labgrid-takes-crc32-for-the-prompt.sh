#!/bin/sh
# labgrid: UBootDriver with U-Boot's own prompt takes what `crc32` says for the prompt, and the command fails.
#
# Guessed: with `prompt: "=> "`, the prompt that U-Boot has unless it is built otherwise, run_check("crc32 ADDRESS SIZE") gives
# back the line with the checksum.
# Seen (labgrid 26.0.1, U-Boot 2023.01 of Debian 12): U-Boot says `crc32 for 40000000 ... 4000000f ==> d0b8d197`. The driver
# finds "=> " in that line, takes what stands before it for the whole answer, does not find its marker there, and ends with
# `ValueError: '<marker>' is not in list`, which names neither the command nor the prompt. The real prompt comes later and is
# taken for the end of the next command, which fails in the same way. `hash`, `sha1sum` and `md5sum` print the same arrow:
# whoever wants to see that a file was loaded whole meets it.
# Why: the prompt is a pattern that may match anywhere (driver/ubootdriver.py, _run()). With a line feed before it, as
# `prompt: '\n=> '`, the commands go well: that is the second run. In an environment file it has to be those two characters,
# backslash and n: a YAML text with a real line feed was refused (`'prompt' must be <class 'str'>`).
#
# labgrid is installed into a temporary folder from the index that pip has. It takes some 40 s.
# Exits with 0 while that is so, with 1 when it is otherwise, with 2 when something that is needed cannot be had.
set -eu
folder=$(mktemp -d)
pid=
trap 'if [ -n "$pid" ]; then kill "$pid" 2>/dev/null || true; fi; rm -rf "$folder"' EXIT
cd "$folder"
firmware=/usr/lib/u-boot/qemu_arm64/u-boot.bin
command -v qemu-system-aarch64 >/dev/null || { echo "qemu-system-aarch64 is missing here" && exit 2; }
[ -f $firmware ] || { echo "$firmware is missing here: it is in Debian's package u-boot-qemu" && exit 2; }
{ python3 -m venv venv && venv/bin/pip install --quiet labgrid==26.0.1; } >pip.log 2>&1 || {
  echo "labgrid 26.0.1 cannot be had:"
  tail -n 4 pip.log
  exit 2
}

cat >ask.py <<'PYTHON'
import sys
from labgrid import Target
from labgrid.driver import SerialDriver, UBootDriver
from labgrid.resource import NetworkSerialPort

port, prompt = int(sys.argv[1]), sys.argv[2]
target = Target("main")
NetworkSerialPort(target, name=None, host="127.0.0.1", port=port, protocol="raw")
SerialDriver(target, name=None)
uboot = UBootDriver(target, name=None, prompt=prompt, interrupt=" ")
target.activate(uboot)
for command in ["crc32 40000000 10", "echo next"]:
    try:
        print(uboot.run_check(command)[0])
    except ValueError as error:
        print(f"ValueError: {error}")
PYTHON
# What labgrid says of the checksum, into a file; $1: the file, $2: the prompt that it is given, $3: a port.
ask() {
  qemu-system-aarch64 -machine virt -cpu cortex-a57 -m 256 -nodefaults -display none -no-user-config -bios $firmware \
    -serial "tcp:127.0.0.1:$3,server=on,wait=on" >qemu.log 2>&1 &
  pid=$!
  until grep -q 'waiting for connection' qemu.log; do
    kill -0 $pid 2>/dev/null || { cat qemu.log && exit 2; }
    sleep 0.1
  done
  venv/bin/python ask.py "$3" "$2" >"$1" 2>"$1.err" || tail -n 1 "$1.err" >"$1"
  kill $pid
  wait $pid 2>/dev/null || true
  pid=
  printf "prompt '%s':\n%s\n" "$2" "$(cat "$1")"
}
port=$((20000 + $$ % 10000))
ask plain '=> ' $port
ask lined '\n=> ' $((port + 1))
[ "$(grep -c '^ValueError: .* is not in list$' plain)" = 2 ]
grep -q '^crc32 for 40000000 ... 4000000f ==> [0-9a-f]*$' lined
grep -q '^next$' lined
