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

/**
 * Starts Net-SNMP's snmpd as an APC PDU: what an outlet is, is told and changed by commands (snmpd.conf(5), pass_persist). With
 * `pass` it would say for up to 30 s what it said before, when the same is asked again (NETSNMP_CACHETIME, 5.9.3).
 */
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
      `pass_persist ${base} /bin/sh ${pass}`,
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
  return `# Spoken to by snmpd: a command in one line, then its words in one each.
base=${base}
known() { outlet=\${1#$base.}; case $outlet in *[!0-9]*|'') return 1;; esac; [ "$outlet" -ge 1 ] && [ "$outlet" -le ${count} ]; }
tell() {
  case $(${quoteWords(outlets.state)} "$1" </dev/null) in on) value=1;; off) value=2;; *) value=4;; esac
  printf '%s\\ninteger\\n%s\\n' "$base.$1" "$value"
}
while read -r command; do
  case $command in
  PING) echo PONG;;
  get) read -r oid; if known "$oid"; then tell "$outlet"; else echo NONE; fi;;
  getnext)
    read -r oid
    if [ "$oid" = $base ]; then tell 1
    elif known "$oid" && [ "$outlet" -lt ${count} ]; then tell $((outlet + 1))
    else echo NONE; fi;;
  set)
    read -r oid; read -r type value
    if ! known "$oid"; then echo not-writable
    elif [ "$type" != integer ]; then echo wrong-type
    else
      case $value in 1) to=on;; 2) to=off;; *) to=;; esac
      if [ -z "$to" ]; then echo wrong-value
      elif ${quoteWords(outlets.set)} "$outlet" $to </dev/null >/dev/null 2>&1; then echo DONE
      else echo commit-failed; fi
    fi;;
  esac
done
`
}
