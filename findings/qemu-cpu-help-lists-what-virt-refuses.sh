#!/bin/sh
# QEMU: -cpu help names CPUs that the machine beside it refuses.
#
# Guessed: `qemu-system-aarch64 -machine virt -cpu help` lists what may follow -cpu on that machine.
# Seen (qemu-system-arm 1:10.0.2 of Debian): it lists all that the program was built with, microcontrollers and CPUs of the
# 1990s among them; the machine takes 14 of the 47. The true list is printed only to who asks for one that is refused:
# "Invalid CPU model: cortex-m3 / The valid models are: ...", exit code 1 (hw/core/machine.c, is_cpu_type_supported()).
# A name that is no CPU at all gets another sentence, without that list.
#
# Debian's packages of that version are unpacked into a temporary folder and run from there; nothing is installed.
# Exits with 0 while that is so, with 1 when QEMU does otherwise, with 2 when the packages cannot be had.
set -eu
version='1:10.0.2+ds-2+deb13u1~bpo12+1'
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# From the mirror that this host uses, with lists of our own.
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -v '^ *#' | grep -oE 'https?://[^ ]+/debian/?' | head -n 1)
echo "deb $mirror bookworm-backports main" >sources.list
mkdir -p lists/partial cache/archives/partial
apt() {
  apt-get -o Dir::Etc::sourcelist="$folder/sources.list" -o Dir::Etc::sourceparts=- \
    -o Dir::State::lists="$folder/lists" -o Dir::Cache="$folder/cache" "$@"
}
{ apt update && apt download "qemu-system-arm=$version"; } >apt.log 2>&1 || {
  echo "qemu-system-arm $version cannot be had from this host's package sources:"
  tail -n 6 apt.log
  exit 2
}
dpkg-deb -x qemu-system-arm_*.deb root
qemu=root/usr/bin/qemu-system-aarch64
# Its libraries are the host's: they are the same ones as of any QEMU 10 of that Debian.
"$qemu" --version >version.log 2>&1 || {
  echo "the libraries of qemu-system-arm are missing here:"
  tail -n 1 version.log
  exit 2
}
head -n 1 version.log

listed=$("$qemu" -machine virt -cpu help | sed -n 's/^ *\([a-z][a-z0-9.-]*\).*/\1/p')
say() { timeout 10 "$qemu" -machine virt -cpu "$1" -nodefaults -display none -S 2>&1 || true; }
taken=$(say cortex-m3 | sed -n 's/^The valid models are: //p' | tr -d ' ' | tr ',' '\n')
count() { printf '%s\n' "$1" | grep -c .; }
echo "-cpu help lists $(count "$listed"), the machine takes $(count "$taken")"
for cpu in cortex-m3 cortex-a9 pxa250; do
  echo "$cpu: listed $(printf '%s\n' "$listed" | grep -cx "$cpu") time; $(say "$cpu" | head -n 1 | sed 's/^.*: \(.*: .*\)$/\1/')"
done
echo "no-such-cpu: $(say no-such-cpu | head -n 1 | sed 's/^[^:]*: //')"

[ "$(count "$taken")" -gt 0 ] && [ "$(count "$listed")" -gt "$(count "$taken")" ]
for cpu in cortex-m3 cortex-a9 pxa250; do
  printf '%s\n' "$listed" | grep -qx "$cpu"
  say "$cpu" | grep -q "Invalid CPU model: $cpu"
done
say no-such-cpu | grep -q 'unable to find CPU model'
