import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FoundModel } from './find-model.ts'
import { readStatistics, type Statistics } from './statistics.ts'

/** Where a model's own output is kept, in the folder for what is kept. */
export const logName = 'fvp.log'

/** What an attempt keeps of a model beside its output. */
export interface KeptModel extends FoundModel {
  host: string
  arguments: string[]
  /** What stack and place did not agree on. */
  said: string[]
}

/** The folder for what is kept of a model. @param attempt the attempt's folder */
export function keptFolder(attempt: string): string {
  return join(attempt, 'kept')
}

/** Writes down what an attempt's model was started as. */
export function keepModel(attempt: string, model: KeptModel): void {
  mkdirSync(keptFolder(attempt), { recursive: true })
  writeFileSync(modelFile(attempt), `${JSON.stringify(model, null, 2)}\n`)
}

/** What an attempt kept of its model; undefined where it did not come so far. */
export function keptModel(attempt: string): KeptModel | undefined {
  const path = modelFile(attempt)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as KeptModel) : undefined
}

/** How fast an attempt's model was, by its own words; undefined where it had no orderly end. */
export function keptStatistics(attempt: string): Statistics | undefined {
  const path = join(keptFolder(attempt), logName)
  return existsSync(path) ? readStatistics(readFileSync(path, 'latin1')) : undefined
}

function modelFile(attempt: string): string {
  return join(keptFolder(attempt), 'model.json')
}
