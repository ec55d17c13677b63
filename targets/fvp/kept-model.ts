import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { LabError } from '../../domain/errors.ts'
import type { FoundModel } from './find-model.ts'
import { readStatistics, type Statistics } from './statistics.ts'

/** Where a model's own output is kept, in the folder for what is kept. */
export const logName = 'fvp.log'

/** What an attempt keeps a product of its stack as: no product has a name with a slash, so that it is no other file's. */
export function productName(product: string): string {
  return `firmware/${product}`
}

/** What an attempt keeps its model's command line as. */
export const modelName = 'model.json'

/** What an attempt keeps of a model beside its output. */
export interface KeptModel extends FoundModel {
  host: string
  arguments: string[]
  /** The files that the arguments name, as they are called there, and the names by which the attempt keeps them. */
  files: Record<string, string>
  /** What stack and place did not agree on. */
  said: string[]
}

/** The folder for what is kept of a model. @param attempt the attempt's folder */
export function keptFolder(attempt: string): string {
  return join(attempt, 'kept')
}

/** Writes down what an attempt's model was started as. @throws LabError DiskFull when it cannot be kept */
export function keepModel(attempt: string, model: KeptModel): void {
  kept(modelFile(attempt), (path) => writeFileSync(path, `${JSON.stringify(model, null, 2)}\n`))
}

/** A file that grows while a model runs. */
export class KeptFile {
  readonly path: string
  readonly #fd: number
  #open = true

  /** Makes it, with its folder. @throws LabError DiskFull when it cannot be made */
  constructor(path: string) {
    this.path = path
    this.#fd = kept(path, () => openSync(path, 'a', 0o600))
  }

  /** @throws LabError DiskFull when a byte cannot be kept */
  append(bytes: Uint8Array): void {
    if (!this.#open) return
    kept(this.path, () => {
      for (let written = 0; written < bytes.length;) written += writeSync(this.#fd, bytes, written)
    })
  }

  /** Can be called twice. */
  close(): void {
    if (this.#open) closeSync(this.#fd)
    this.#open = false
  }
}

/** What an attempt kept of its model; undefined where it did not come so far. */
export function keptModel(attempt: string): KeptModel | undefined {
  const path = modelFile(attempt)
  return existsSync(path) ? readModel(path) : undefined
}

/** What a file that an attempt kept says of its model. */
export function readModel(path: string): KeptModel {
  return JSON.parse(readFileSync(path, 'utf8')) as KeptModel
}

/** How fast an attempt's model was, by its own words; undefined where it had no orderly end. */
export function keptStatistics(attempt: string): Statistics | undefined {
  const path = join(keptFolder(attempt), logName)
  return existsSync(path) ? readStatistics(readFileSync(path, 'latin1')) : undefined
}

function modelFile(attempt: string): string {
  return join(keptFolder(attempt), modelName)
}

function kept<Value>(path: string, keep: (path: string) => Value): Value {
  try {
    mkdirSync(dirname(path), { recursive: true })
    return keep(path)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const sentence = `What is told of the model could not be kept in ${path} (${why}): make room and boot again.`
    throw new LabError('DiskFull', sentence, { cause })
  }
}
