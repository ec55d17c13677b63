import { LabError } from '../domain/errors.ts'
import { LogReader, type LogShown } from '../domain/inspect/log-reader.ts'
import type { MeasurementFile } from '../domain/inspect/measurements.ts'
import { pasted } from '../domain/inspect/pasted.ts'
import { recognise, type InputKind } from '../domain/inspect/recognise.ts'
import type { InspectReport } from '../domain/inspect/report-schema.ts'
import { openInput, type InputFile } from '../host/input-file.ts'

/** Files as they were handed to us, read. */
export interface FilesRead {
  logs: LogShown[]
  measurements: MeasurementFile[]
  files: InspectReport['files']
}

type Told = (file: string, bytes: number) => void

/** Lists of measurements are read whole; the kernel's own are some megabytes at most. */
const longestList = 256 * 1024 * 1024

/**
 * Reads files one after the other, logs in constant memory. A file of which nothing can be made is listed with the reason.
 * @param paths `-` is standard input
 * @param kinds what the user says that a file is, by its path
 * @param told is called as a log is read, with its name and its bytes so far
 * @throws LabError NotFound, BadInput or ToolMissing when a file cannot be read
 */
export async function readFiles(
  paths: readonly string[],
  kinds: ReadonlyMap<string, InputKind>,
  told: Told = () => {},
): Promise<FilesRead> {
  const read: FilesRead = { logs: [], measurements: [], files: [] }
  for (const path of new Set(paths)) await readOne(path, kinds.get(path), read, told)
  return read
}

async function readOne(path: string, wanted: InputKind | undefined, read: FilesRead, told: Told): Promise<void> {
  const input = await openInput(path)
  const file = path === '-' ? 'stdin' : path
  const { compression, encoding } = input
  const found = wanted === undefined ? recognise(input.head, unpackedName(path)) : { kind: wanted }
  const about = { file, compression, encoding }
  if ('not' in found) {
    read.files.push({ ...about, kind: 'none', bytes: input.head.length, note: found.not })
    return
  }
  if (found.kind !== 'log') {
    const bytes = await whole(input, file)
    const { parts, note } = pasted({ file: unpackedName(file), kind: found.kind, bytes })
    read.measurements.push(...parts)
    read.files.push({ ...about, kind: found.kind, bytes: bytes.length, ...(note !== undefined && { note }) })
    return
  }
  const { shown, bytes, problem } = await readLog(input, file, told)
  const known = shown.boots.some((boot) => boot.known)
  const aside = 'note' in found ? found.note : undefined
  const note = known
    ? (problem ?? aside)
    : 'is no log of a kernel, a firmware or a boot loader, and no list of measurements'
  read.files.push({
    ...about,
    kind: known ? 'log' : 'none',
    bytes,
    lines: shown.lines,
    boots: shown.bootCount,
    ...(note !== undefined && { note }),
  })
  if (known) read.logs.push(shown)
}

async function readLog(
  input: InputFile,
  file: string,
  told: Told,
): Promise<{ shown: LogShown; bytes: number; problem?: string }> {
  const reader = new LogReader(file, input.head)
  let bytes = 0
  let problem: string | undefined
  try {
    for await (const chunk of input.chunks) {
      bytes += chunk.length
      reader.push(chunk)
      told(file, bytes)
    }
  } catch (error) {
    // What a machine wrote as it died is often cut off, and worth reading as far as it goes.
    if (!(error instanceof LabError) || error.code !== 'BadInput' || bytes === 0) throw error
    problem = error.message
  }
  return { shown: reader.end(), bytes, ...(problem !== undefined && { problem }) }
}

async function whole({ chunks }: InputFile, file: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunks) {
    parts.push(chunk)
    size += chunk.length
    if (size > longestList)
      throw new LabError('BadInput', `${file} begins like a list of measurements and is longer than any: over 256 MiB.`)
  }
  return Buffer.concat(parts)
}

function unpackedName(path: string): string {
  return path.replace(/\.(?:gz|xz|zst)$/, '')
}
