import { LabError } from '../../domain/errors.ts'
import type { Openocd } from '../../domain/lab/flash-spec.ts'
import type { HostLink } from '../hosts/host-link.ts'
import { runOn } from '../board/flash/on-host.ts'
import { needFile, needProgram } from './on-that-host.ts'

/**
 * Has OpenOCD read its files, without reaching for adapter or board: the board is off.
 * @returns what was seen: one sentence
 * @throws LabError PlaceBroken in OpenOCD's words; the signal's reason when aborted
 */
export async function checkOpenocd(
  { config, arguments: words, images }: Openocd,
  host: HostLink,
  signal: AbortSignal,
): Promise<string> {
  await needProgram(host, 'openocd', signal)
  for (const { file } of images) await needFile(host, file, signal)
  const files = config.flatMap((file) => ['-f', file])
  // `shutdown` comes before the `init` that would follow by itself.
  const end = await runOn(host, ['openocd', ...words, ...files, '-c', 'shutdown'], signal)
  const version = /^Open On-Chip Debugger (\S+)/m.exec(end.stderr)?.[1] ?? 'of an unknown version'
  if (end.code === 0) return `OpenOCD ${version} of ${host.name} reads its files; nothing was asked of its adapter.`
  const errors = [...`${end.stderr}\n${end.stdout}`.matchAll(/\bError: (.*\S)/g)].map(([, error]) => error)
  const said = errors.slice(0, 2).join(' / ') || end.stderr.trim().split('\n').at(-1)
  throw new LabError('PlaceBroken', `OpenOCD ${version} of ${host.name} cannot read its files: ${said}.`)
}
