#!/bin/sh
# QEMU raspi4b with Debian's u-boot-rpi: U-Boot's banner goes out of another UART than all that follows.
#
# Guessed: U-Boot speaks on the UART that the device tree's stdout-path names (serial1, the mini-UART), from its first line on.
# Seen (qemu-system-arm 10.0.2, u-boot-rpi 2023.01 of Debian 12): "U-Boot 2023.01...", "DRAM:" and the model are on the PL011,
# the rest, from "Core:" on, on the mini-UART. Who listens to the board's console alone never sees the banner.
# Why: U-Boot takes the mini-UART only when its pins are muxed to it (drivers/serial/serial_bcm283x_mu.c). On a board the
# GPU's firmware has done that; QEMU has no such firmware. Until U-Boot has its own pin controller it falls back to the PL011.
# The second run is the proof: without a pin controller in the tree nothing ever gets to the mini-UART.
#
# u-boot-rpi is a package of arm64: it is unpacked into a temporary folder, and no architecture is added to this host.
# Exits with 0 while that is so, with 1 when it is otherwise, with 2 when something that is needed cannot be had.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for program in qemu-system-aarch64 dtc; do
  command -v "$program" >/dev/null || { echo "$program is missing here" && exit 2; }
done

# From the mirror that this host uses, with lists of our own.
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -v '^ *#' | grep -oE 'https?://[^ ]+/debian/?' | head -n 1)
echo "deb [arch=arm64] $mirror bookworm main" >sources.list
mkdir -p lists/partial cache/archives/partial
apt() {
  apt-get -o Dir::Etc::sourcelist="$folder/sources.list" -o Dir::Etc::sourceparts=- \
    -o Dir::State::lists="$folder/lists" -o Dir::Cache="$folder/cache" "$@"
}
{ apt update && apt download u-boot-rpi:arm64; } >apt.log 2>&1 || {
  echo "u-boot-rpi cannot be had from this host's package sources:"
  tail -n 6 apt.log
  exit 2
}
dpkg-deb -x u-boot-rpi_*_arm64.deb root

# As much of a Raspberry Pi 4 as its UARTs need. $1: the pin controller; $2: how the mini-UART's pins are set by it.
tree() {
  cat <<END
/dts-v1/;
/ {
  compatible = "raspberrypi,4-model-b", "brcm,bcm2711";
  #address-cells = <2>;
  #size-cells = <1>;
  aliases { serial0 = "/soc/serial@7e201000"; serial1 = "/soc/serial@7e215040"; };
  chosen { stdout-path = "serial1:115200n8"; };
  memory@0 { device_type = "memory"; reg = <0 0 0x3c000000>; };
  soc {
    compatible = "simple-bus";
    #address-cells = <1>;
    #size-cells = <1>;
    ranges = <0x7e000000 0 0xfe000000 0x1800000>;
    $1
    serial@7e201000 { compatible = "arm,pl011", "arm,primecell"; reg = <0x7e201000 0x200>; };
    serial@7e215040 { compatible = "brcm,bcm2835-aux-uart"; reg = <0x7e215040 0x40>; $2 };
  };
};
END
}
# Runs U-Boot on the tree of standard input until it has counted down; what its two UARTs said is in $1.pl011 and $1.mini.
boot() {
  dtc -q -o "$1.dtb"
  : >"$1.pl011" && : >"$1.mini"
  qemu-system-aarch64 -machine raspi4b -nodefaults -display none -no-user-config -dtb "$1.dtb" \
    -kernel root/usr/lib/u-boot/rpi_4/u-boot.bin -serial "file:$1.pl011" -serial "file:$1.mini" 2>"$1.err" &
  qemu=$!
  for _ in $(seq 120); do
    if grep -qsa 'Hit any key' "$1.pl011" "$1.mini"; then break; fi
    sleep 0.5
  done
  kill "$qemu" 2>/dev/null || true
  wait "$qemu" || true
  for uart in pl011 mini; do
    echo "$1, $uart: $(tr -d '\r' <"$1.$uart" | grep -a . | cut -c1-40 | paste -sd '|' | cut -c1-150)"
  done
}
pins='gpio@7e200000 { compatible = "brcm,bcm2711-gpio"; reg = <0x7e200000 0xb4>; gpio-controller; #gpio-cells = <2>;
      txd1: uart1 { brcm,pins = <14 15>; brcm,function = <2>; }; };'
tree "$pins" 'pinctrl-names = "default"; pinctrl-0 = <&txd1>;' | boot with-pins
tree '' '' | boot without-pins

holds() { grep -qa "$2" "$1" || { echo "$1 lacks: $2" && exit 1; }; }
lacks() { if grep -qa "$2" "$1"; then echo "$1 has: $2" && exit 1; fi; }
holds with-pins.pl011 '^U-Boot 20'
lacks with-pins.pl011 '^Core:'
holds with-pins.mini '^Core:'
holds with-pins.mini 'Hit any key'
lacks with-pins.mini '^U-Boot 20'
holds without-pins.pl011 '^U-Boot 20'
holds without-pins.pl011 'Hit any key'
lacks without-pins.mini '.'
