#!/bin/sh
# tpm2_eventlog: the PCRs that it prints behind `pcrs:` have EV_NO_ACTION in them, so that PCR 0 is wrong on each machine whose
# firmware logs its startup locality.
#
# Guessed: the tool replays a log as the TPM was extended: it starts PCR 0 with the locality that the event StartupLocality
# names, and leaves events of the type EV_NO_ACTION out, for firmware extends nothing for them (TCG PC Client Platform Firmware
# Profile 1.06; the locality event is in 10.4.5.3).
# Seen (tpm2-tools 5.4 of Debian 12): it starts from zeros, and extends the event's own digest, 32 bytes of zeros. Of a log of
# StartupLocality 3 and one measurement it prints SHA256(SHA256(64 zeros) + digest), where the TPM has
# SHA256(31 zeros + 3 + digest). The Spec ID event in front, of the same type, is left out.
# Why it matters: what is pasted as "the PCRs" of such a machine contradicts its TPM, and says nothing of either. So hyplab
# takes what stands behind `pcrs:` for computed, and holds nothing against it.
#
# Exits with 0 while that is so, with 1 when it is otherwise, with 2 when something that is needed cannot be had.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for tool in tpm2_eventlog python3; do command -v $tool >/dev/null || { echo "$tool is missing here" && exit 2; }; done
case $(tpm2_eventlog --version) in *'version="5.4'*) ;; *) echo "this is not tpm2-tools 5.4" && exit 2 ;; esac
python3 - <<'PY'
from hashlib import sha256
from struct import pack

SHA256, NO_ACTION, S_CRTM_VERSION = 0x0B, 3, 8


def event(kind, digest, data):
    return pack('<III', 0, kind, 1) + pack('<H', SHA256) + digest + pack('<I', len(data)) + data


spec = b'Spec ID Event03\0' + pack('<IBBBBIHHB', 0, 0, 2, 0, 2, 1, SHA256, 32, 0)
version = b'1.0\0'
measured = sha256(version).digest()
with open('log', 'wb') as log:
    log.write(pack('<II', 0, NO_ACTION) + bytes(20) + pack('<I', len(spec)) + spec)
    log.write(event(NO_ACTION, bytes(32), b'StartupLocality\0\x03'))
    log.write(event(S_CRTM_VERSION, measured, version))
with open('tool', 'w') as tool:
    tool.write(sha256(sha256(bytes(64)).digest() + measured).hexdigest())
with open('tpm', 'w') as tpm:
    tpm.write(sha256(bytes(31) + b'\3' + measured).hexdigest())
PY
printed=$(tpm2_eventlog log | sed -n 's/^ *0 *: 0x//p')
printf 'the TPM has     %s\nit prints       %s\n' "$(cat tpm)" "$printed"
test "$printed" = "$(cat tool)"
test "$printed" != "$(cat tpm)"
