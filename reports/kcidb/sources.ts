import { sha256 } from '@noble/hashes/sha2.js'
import { toHex } from '../../domain/bytes/bytes.ts'
import type { SourceLocation } from '../../domain/cell.ts'
import type { ReportBuild, ReportCell, ReportRun } from '../../domain/report/report.ts'
import type { KcidbStatus } from './tests.ts'

export interface KcidbCheckout {
  id: string
  origin: string
  git_repository_url?: string
  git_commit_hash?: string
  patchset_hash?: string
  comment: string
  valid: boolean
  misc: object
}

export interface KcidbBuild {
  id: string
  origin: string
  checkout_id: string
  architecture: string
  comment: string
  config_name?: string
  compiler?: string
  status: KcidbStatus
  start_time?: string
  duration?: number
  log_excerpt?: string
  misc: object
}

/**
 * The source of a cell's kernel: what was hashed to its build, or before that what the plan says. The same source has the
 * same id in all runs.
 */
export function checkoutOf(
  { kernel: { name, sources, patches } }: ReportCell,
  build: ReportBuild | undefined,
  origin: string,
  run: ReportRun | null,
): KcidbCheckout {
  const source = typeof build?.inputs['source'] === 'string' ? build.inputs['source'] : undefined
  const hashes = hashesIn(build?.inputs['patches'])
  const key =
    source === undefined ? `plan-${digest([run?.workflowId, name, sources, patches])}` : digest([source, hashes])
  const [, commit] = /^commit:([0-9a-f]{40})$/.exec(source ?? '') ?? []
  const url = gitUrlOf(sources)
  return {
    id: `${origin}:${key}`,
    origin,
    ...(commit !== undefined && { git_commit_hash: commit, ...(url !== undefined && { git_repository_url: url }) }),
    // A kernel whose patches are not known yet says nothing of them.
    ...(hashes && { patchset_hash: patchsetHash(hashes) }),
    comment: name,
    valid: true,
    misc: { name, ...(source !== undefined && { source }), sources, patches: patches.map(fileName) },
  }
}

/** A cell's kernel as it was built; one that was not has an id of its own, for tests must name a build. */
export function kernelOf(
  { result, number, axes, kernel }: ReportCell,
  build: ReportBuild | undefined,
  checkout: KcidbCheckout,
  origin: string,
  run: ReportRun | null,
): KcidbBuild {
  const about = {
    origin,
    checkout_id: checkout.id,
    architecture: 'arm64',
    comment: kernel.name,
    ...(axes['config'] !== undefined && { config_name: axes['config'] }),
  }
  if (!build) {
    const misc = { cell: result }
    return { ...about, id: `${origin}:${run?.workflowId}.${number}.kernel`, status: 'MISS', misc }
  }
  const { inputs, fault, products } = build
  const { toolchain, symbols, base } = inputs as Partial<Record<string, unknown>>
  const compiler = (toolchain as { compiler?: unknown } | undefined)?.compiler
  return {
    ...about,
    id: `${origin}:${build.id}`,
    ...(typeof compiler === 'string' && { compiler }),
    status: build.outcome === 'ok' ? 'PASS' : 'FAIL',
    start_time: new Date(build.started).toISOString(),
    duration: build.seconds,
    ...(fault && { log_excerpt: faultText(fault) }),
    misc: { base, symbols, products: Object.fromEntries(products.map(({ name, sha256: sum }) => [name, sum])) },
  }
}

function faultText({ message, file, line }: NonNullable<ReportBuild['fault']>): string {
  const where = file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}: `
  return `${where}${message}`.slice(0, 8000)
}

/** Sha256 over the sha256 of each patch, a line each; empty without patches. That is what the schema asks for. */
function patchsetHash(hashes: readonly string[]): string {
  if (hashes.length === 0) return ''
  return toHex(sha256(new TextEncoder().encode(hashes.map((hash) => `${hash}\n`).join(''))))
}

function hashesIn(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined
  const hashes = value.filter((hash): hash is string => typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash))
  return hashes.length === value.length ? hashes : undefined
}

/** The repository, where a plan names one that anybody can reach. */
function gitUrlOf(sources: readonly SourceLocation[]): string | undefined {
  const git = sources.find((location) => location.kind === 'git')
  return git && /^https:\/\/[a-zA-Z0-9.-]+(\/[a-zA-Z0-9._~-]+)+$/.test(git.url) ? git.url : undefined
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function digest(value: unknown): string {
  return toHex(sha256(new TextEncoder().encode(JSON.stringify(value))))
}
