#!/bin/sh
# Net-SNMP: an object by `pass` answers a repeated GET from what its command said up to 30 s ago.
#
# Guessed: snmpd.conf(5) says that the command of `pass` is invoked for each request, so that a PDU made of it tells each
# change of an outlet at once.
# Seen (snmpd 5.9.3+dfsg-2+deb12u1 of Debian): the output of the last command is kept for 30 s (agent/util_funcs.c,
# get_exec_output(), NETSNMP_EXCACHETIME) and given again when the very same command is to be run, so that whoever polls one
# outlet sees its old state, and the program is not even started. Any other request in between, a SET of the outlet too, makes
# the next GET true. With `pass_persist` each GET is answered anew. What is tested against a PDU of `pass` is tested against
# one that does not see power cuts.
#
# Debian's packages are unpacked into a temporary folder and run from there, on loopback; nothing is installed. It takes some
# 40 s. Exits with 0 while that is so, with 1 when snmpd does otherwise, with 2 when the packages cannot be had.
set -eu
folder=$(mktemp -d)
pids=
trap 'for pid in $pids; do kill "$pid" 2>/dev/null || true; done; rm -rf "$folder"' EXIT
cd "$folder"
version='5.9.3+dfsg-2+deb12u1'

mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -v '^ *#' | grep -oE 'https?://[^ ]+/debian/?' | head -n 1)
echo "deb $mirror bookworm main" >sources.list
mkdir -p lists/partial cache/archives/partial
apt() {
  apt-get -o Dir::Etc::sourcelist="$folder/sources.list" -o Dir::Etc::sourceparts=- \
    -o Dir::State::lists="$folder/lists" -o Dir::Cache="$folder/cache" "$@"
}
{ apt update && apt download "snmpd=$version" "snmp=$version" "libsnmp40=$version" "libsnmp-base=$version"; } >apt.log 2>&1 || {
  echo "snmpd $version cannot be had from this host's package sources:"
  tail -n 4 apt.log
  exit 2
}
for deb in *.deb; do dpkg-deb -x "$deb" root; done
LD_LIBRARY_PATH=$(dirname "$(find root -name 'libnetsnmp.so.40' | head -n 1)")
export LD_LIBRARY_PATH="$folder/$LD_LIBRARY_PATH" SNMP_PERSISTENT_DIR="$folder/state" MIBS=
root/usr/sbin/snmpd --version 2>&1 | grep -i version || {
  echo "the libraries of snmpd are missing here"
  exit 2
}

# One outlet at .1 by each way. Both read its state from the same file, and each start of the command is counted.
base=.1.3.6.1.4.1.8072.9999.1
cat >pass.sh <<SCRIPT
echo run >>$folder/runs
printf '%s\ninteger\n%s\n' "\$2" "\$(cat $folder/outlet)"
SCRIPT
cat >persist.sh <<SCRIPT
while read -r command; do
  case \$command in
  PING) echo PONG;;
  get | getnext) read -r oid; printf '%s\ninteger\n%s\n' "\$oid" "\$(cat $folder/outlet)";;
  esac
done
SCRIPT
port=$((20000 + $$ % 10000))
cat >snmpd.conf <<CONF
agentaddress udp:127.0.0.1:$port
rocommunity public 127.0.0.1
pass $base.1 /bin/sh $folder/pass.sh
pass_persist $base.2 /bin/sh $folder/persist.sh
CONF
echo 1 >outlet
: >runs
root/usr/sbin/snmpd -f -C -c snmpd.conf -Lf snmpd.log &
pids=$!
get() { root/usr/bin/snmpget -v 2c -c public -Oqv "127.0.0.1:$port" "$base.$1.1"; }
until get 2 >/dev/null 2>&1; do kill -0 "$pids"; sleep 0.2; done

asked_first=$(get 1)
runs_first=$(grep -c . runs)
echo 2 >outlet
asked_again=$(get 1)
runs_again=$(grep -c . runs)
persist=$(get 2)
echo "the outlet is 1: pass says $asked_first"
echo "the outlet is 2: pass says $asked_again (its command was started $((runs_again - runs_first)) times), pass_persist says $persist"
waited=0
while [ "$(get 1)" = 1 ] && [ $waited -lt 45 ]; do
  sleep 1
  waited=$((waited + 1))
done
echo "pass says $(get 1) after some $waited s"

[ "$asked_first" = 1 ] && [ "$asked_again" = 1 ] && [ "$runs_again" = "$runs_first" ] && [ "$persist" = 2 ]
[ $waited -ge 20 ] && [ $waited -le 40 ] && [ "$(get 1)" = 2 ]
