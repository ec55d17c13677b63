import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { SourceContext } from '../../../builds/source/source.ts'
import type { BuildProgress } from '../../../builds/build.ts'

/** A temporary folder with empty state and cache folders, removed when the test ends. */
export function makeWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'hyplab-source-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const said: string[] = []
  const progress: BuildProgress[] = []
  const abort = new AbortController()
  const context: SourceContext = {
    folders: { state: join(folder, 'state'), cache: join(folder, 'cache') },
    signal: abort.signal,
    progress: (step) => progress.push(step),
    lockFile: join(folder, 'sources.lock.json'),
    say: (text) => said.push(text),
  }
  return { folder, context, said, progress, abort }
}

/** Writes files, given by their paths below a folder. */
export function writeFiles(folder: string, files: Record<string, string>): string {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

/** Makes `<folder>/<name>.tar.xz` with everything below one folder `<name>/`, all of it dated 2026-01-02 03:04:05 UTC. */
export function makeTarball(folder: string, name: string, files: Record<string, string>): string {
  writeFiles(join(folder, name), files)
  const path = join(folder, `${name}.tar.xz`)
  execFileSync('tar', ['-cJf', path, '--sort=name', '--mtime=2026-01-02 03:04:05Z', '-C', folder, name])
  rmSync(join(folder, name), { recursive: true })
  return path
}

/** A git repository with one commit of these files. @returns its path and the commit's id */
export function makeRepository(path: string, files: Record<string, string>): { path: string; commit: string } {
  writeFiles(path, files)
  git(path, 'init', '-q', '-b', 'main')
  return { path, commit: commitAll(path) }
}

/** Commits everything; the date is fixed. @returns the commit's id */
export function commitAll(path: string): string {
  git(path, 'add', '-A')
  git(path, 'commit', '-q', '-m', 'A commit')
  return git(path, 'rev-parse', 'HEAD')
}

export function git(path: string, ...args: string[]): string {
  const who = { GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@b' }
  const when = { GIT_AUTHOR_DATE: '1767323045 +0000', GIT_COMMITTER_DATE: '1767323045 +0000' }
  return execFileSync('git', ['-C', path, ...args], {
    env: { ...process.env, ...who, ...when },
    encoding: 'utf8',
  }).trim()
}
