#!/bin/sh
# OpenOCD: writing flash where no flash is, or over its end, is a warning; the program says that it finished, with code 0.
#
# Guessed: `program FILE ADDRESS exit` and `flash write_image erase FILE ADDRESS bin` fail when the address, or a part of the
# image, lies in no flash bank of the configuration, as after a slip in an address or with files for another board.
# Seen (OpenOCD 0.12.0 of Debian 12): `Warn : no flash bank found for address 0x50000000`, `wrote 0 bytes from file ...`,
# `** Programming Finished **`, and exit code 0. An image that begins in a bank and ends behind it is written as far as the
# bank goes: `wrote 16 bytes` of 300, exit code 0. `load_image` into memory that is not there does fail, and so does
# `flash read_bank` over the end: so hyplab reads back through the bank, and has no use for what a write says of itself.
# Why: src/flash/nor/core.c skips a section for whose address it finds no bank of the current target.
#
# No hardware is needed: the adapter is OpenOCD's `dummy`, the flash its `faux`, which keeps what it is given in memory.
# Exits with 0 while that is so, with 1 when it is otherwise, with 2 when something that is needed cannot be had.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
command -v openocd >/dev/null || { echo "openocd is missing here" && exit 2; }
cat >board.cfg <<'TCL'
adapter driver dummy
adapter speed 1000
gdb_port disabled
tcl_port disabled
telnet_port disabled
jtag newtap chip cpu -irlen 6
target create chip.cpu testee -chain-position chip.cpu
flash bank chip.flash faux 0x08000000 0x10000 0 0 chip.cpu
TCL
head -c 300 /dev/urandom >image
# $1: a name, the rest: commands. What OpenOCD says goes into a file; its code must be 0.
say() {
  name=$1
  shift
  openocd -f board.cfg -c init "$@" >"$name" 2>&1 || { cat "$name" && exit 1; }
  printf '%s, code 0:\n' "$name"
  grep -E 'no flash bank|wrote|Programming Finished' "$name" | sed 's/^/  /'
}
say nowhere -c 'program image 0x50000000 exit'
say behind-the-end -c 'flash write_image erase image 0x0800fff0 bin' -c shutdown
grep -q '^Warn : no flash bank found for address 0x50000000$' nowhere
grep -qF '** Programming Finished **' nowhere
grep -q '^Warn : no flash bank found for address 0x08010000$' behind-the-end
grep -q '^wrote 16 bytes from file image' behind-the-end
