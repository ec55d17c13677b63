import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { quoteWords } from '../../targets/hosts/quote-words.ts'
import { startDaemon, type Daemon } from './daemon.ts'
import type { OutletCommands } from './outlets.ts'

/** sPDUOutletCtl of PowerNet-MIB, as the profile `apc` has it. */
const base = '.1.3.6.1.4.1.318.1.1.4.4.2.1.3'

export interface SnmpdOptions {
  folder: string
  /** UDP, on 127.0.0.1. */
  port: number
  /** Outlets 1 to this. */
  count: number
  outlets: OutletCommands
  communities?: { read: string; write: string }
  /** Users of v3; each takes part with what it has. */
  users?: { name: string; auth?: [protocol: string, key: string]; privacy?: [protocol: string, key: string] }[]
}

/** Starts Net-SNMP's snmpd as an APC PDU: what an outlet is, is told and changed by commands (snmpd.conf(5), pass). */
export async function startSnmpd(options: SnmpdOptions): Promise<Daemon> {
  const { folder, port, communities = { read: 'public', write: 'private' }, users = [] } = options
  await mkdir(folder, { recursive: true })
  const pass = join(folder, 'pass.sh')
  await writeFile(pass, passScript(options))
  const config = join(folder, 'snmpd.conf')
  await writeFile(
    config,
    [
      `agentaddress udp:127.0.0.1:${port}`,
      `rocommunity ${communities.read} 127.0.0.1 .1.3.6.1.4.1.318`,
      `rwcommunity ${communities.write} 127.0.0.1 .1.3.6.1.4.1.318`,
      `pass ${base} /bin/sh ${pass}`,
      ...users.map(({ name, auth = [], privacy = [] }) => ['createUser', name, ...auth, ...privacy].join(' ')),
      ...users.map(({ name, auth, privacy }) => `rwuser ${name} ${levelOf(auth, privacy)} .1.3.6.1.4.1.318`),
      '',
    ].join('\n'),
    { mode: 0o600 },
  )
  // Without MIBS= it complains of each MIB that is not installed.
  const env = { SNMP_PERSISTENT_DIR: join(folder, 'state'), MIBS: '' }
  return await startDaemon('/usr/sbin/snmpd', ['-f', '-C', '-c', config, '-Lo'], /NET-SNMP version/, env)
}

function levelOf(auth: unknown, privacy: unknown): string {
  if (auth === undefined) return 'noauth'
  return privacy === undefined ? 'auth' : 'priv'
}

function passScript({ outlets, count }: SnmpdOptions): string {
  return `# Called by snmpd: -g OID, -n OID, -s OID TYPE VALUE.
base=${base}
outlet=\${2#$base.}
known() { case $outlet in *[!0-9]*|'') return 1;; esac; [ "$outlet" -ge 1 ] && [ "$outlet" -le ${count} ]; }
tell() {
  case $(${quoteWords(outlets.state)} "$1") in on) value=1;; off) value=2;; *) value=4;; esac
  printf '%s\\ninteger\\n%s\\n' "$base.$1" "$value"
}
case $1 in
-g) if known; then tell "$outlet"; fi;;
-n) if [ "$2" = $base ]; then tell 1; elif known && [ "$outlet" -lt ${count} ]; then tell $((outlet + 1)); fi;;
-s)
  known || { echo not-writable; exit; }
  [ "$3" = integer ] || { echo wrong-type; exit; }
  case $4 in 1) to=on;; 2) to=off;; *) echo wrong-value; exit;; esac
  ${quoteWords(outlets.set)} "$outlet" $to >/dev/null 2>&1 || echo commit-failed;;
esac
`
}
