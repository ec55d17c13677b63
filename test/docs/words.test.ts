import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { exitCodes } from '../../cli/exit-codes.ts'
import { endings } from '../../domain/attempt.ts'
import { outcomes } from '../../domain/finding.ts'
import { parsePlan } from '../../domain/plan/parse-plan.ts'
import { parseSchedule } from '../../domain/schedule/parse-schedule.ts'
import { formatError } from '../../domain/yaml/located-error.ts'
import { findingIds, probeGroups } from '../../domain/probes/registry.ts'
import { verdicts } from '../../domain/verdict/verdict.ts'
import { serverSettings } from '../../control/server-settings.ts'
import { disk } from '../domain/plan/plans.ts'
import { blocksOf, inlineCode, pages, pageText, root } from './markdown.ts'

const everyPage = pages.map((page) => [page] as const)

describe('hyplab commands in the text', () => {
  const helps = new Map<string, string>()

  /** What `hyplab WORDS --help` prints. */
  function help(words: string[]): string {
    const key = words.join(' ')
    const known = helps.get(key)
    if (known !== undefined) return known
    const { stdout } = spawnSync(join(root, 'bin/hyplab'), [...words, '--help'], { encoding: 'utf8' })
    helps.set(key, stdout)
    return stdout
  }

  /** Why the command would be refused; undefined when it would not. */
  function complaint(command: string): string | undefined {
    const [, ...words] = command.split(' ')
    const nested = ['plan', 'lab', 'schedule'].includes(words[0]!) || /^bisect log\b/.test(words.join(' '))
    const depth = nested ? (words[1] === 'import' ? 3 : 2) : 1
    const name = words.slice(0, depth)
    const usage = help(name)
    const [synopsis] = usage.split('\n')
    if (!synopsis?.startsWith(`Usage: hyplab ${name.join(' ')} `)) return `there is no command "${name.join(' ')}"`
    const rest = words.slice(name.length)
    const options = rest.filter((word) => word.startsWith('-'))
    const missing = options.find((option) => !new RegExp(`(^|[ ,])${option}[ ,\n]`, 'm').test(usage + help([])))
    if (missing !== undefined) return `it has no option ${missing}`
    const withValue = options.filter((option) => new RegExp(`${option} <`).test(usage)).length
    const operands = rest.length - options.length - withValue
    const [required, all] = [/ </g, / [<[](?!options)/g].map((pattern) => (synopsis.match(pattern) ?? []).length)
    // A command that is only talked about may leave its operands out, but not have too many.
    if (operands > all! || (operands < required! && rest.length > 0)) return `it takes other operands: ${synopsis}`
    return undefined
  }

  const inline = pages.flatMap((page) =>
    inlineCode(page)
      .filter((code) => code.startsWith('hyplab '))
      .map((code) => [page, code] as const),
  )

  test('are found', () => {
    expect(inline.length).toBeGreaterThan(10)
  })

  test.each(inline)('%s: %s', (_page, command) => {
    expect(complaint(command)).toBeUndefined()
  })

  test.each([
    'hyplab rum x',
    'hyplab run a b',
    'hyplab show --colour',
    'hyplab plan chek x',
    'hyplab lab import labgird x',
  ])('a wrong one is seen: %s', (command) => {
    expect(complaint(command)).toBeDefined()
  })
})

describe('npm commands', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const called = pages.flatMap((page) => [
    ...inlineCode(page),
    ...blocksOf(page)
      .filter(({ language }) => language === 'sh')
      .flatMap(({ text }) => text.split('\n')),
  ])
  const names = new Set(
    called
      .map((code) => /^npm (?:run )?(?<name>[\w:-]+)/.exec(code)?.groups?.['name'])
      .filter((name) => name !== undefined),
  )

  test.each([...names])('npm %s exists and calls a script that a shell can read', (name) => {
    const file = /^sh (?<file>\S+\.sh)$/.exec(scripts[name] ?? '')?.groups?.['file']
    expect(file, `package.json calls "${scripts[name]}"`).toBeDefined()
    expect(spawnSync('sh', ['-n', join(root, file!)], { encoding: 'utf8' }).stderr).toBe('')
  })

  test('npm start sets up and runs the first plan', () => {
    const script = readFileSync(join(root, 'setup/start.sh'), 'utf8')
    expect(script).toMatch(
      /setup\/node\.sh[\s\S]+setup\/main\.ts[\s\S]+hyplab" run "\$checkout\/plans\/first-look\.yaml"/,
    )
  })

  test('npm test sets up and runs types, lint, format and tests', () => {
    const script = readFileSync(join(root, 'setup/test.sh'), 'utf8')
    expect(script).toMatch(
      /main\.ts --for [^]+side-by-side\.ts 'tsc .*' 'oxlint .*' 'prettier --check .*'\n[^]+vitest run/,
    )
  })

  test('npm run check runs types, lint and the pure tests', () => {
    const script = readFileSync(join(root, 'setup/check.sh'), 'utf8')
    expect(script).toMatch(/side-by-side\.ts 'oxlint .*--type-check' 'vitest run --project pure.*'\n$/)
  })
})

describe('what pages say of the code', () => {
  test.each(everyPage)('%s names only files that are there', (page) => {
    const rooms =
      'cli|worker|reports|workflows|activities|reading|builds|targets|telling|store|host|domain|guest|setup|stacks|plans|labs|schedules|test|docs|bench|compose|bin'
    const paths = inlineCode(page).filter((code) => new RegExp(`^(?:${rooms})/[\\w./-]+$`).test(code))
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  test.each(everyPage)('%s links only to what is there', (page) => {
    const links = [...pageText(page).matchAll(/\]\((?<to>[^)#:]+)\)/g)].map(({ groups }) => groups!['to']!)
    expect(links.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([])
  })

  test.each(everyPage)('%s names no host of the outside world and no folder of one machine', (page) => {
    const hosts = [...pageText(page).matchAll(/\bhttps?:\/\/(?<host>[^/\s`)]+\.[^/\s`)]+)/g)].map(
      ({ groups }) => groups!['host']!,
    )
    expect(hosts.filter((host) => host !== '...' && !host.endsWith('.example.org'))).toEqual([])
    const folders = [...pageText(page).matchAll(/(?<![\w.~*$}])\/(?:home|root|tmp|work|srv|opt)\/\S*/g)].map(
      ([folder]) => folder,
    )
    expect(folders).toEqual([])
  })

  test('README.md lists every exit code', () => {
    const listed = [...pageText('README.md').matchAll(/^\| (?<code>\d+) +\|/gm)].map(({ groups }) =>
      Number(groups!['code']),
    )
    expect(listed).toEqual(Object.values(exitCodes))
  })

  test('docs/findings.md has one section for each finding', () => {
    const sections = [...pageText('docs/findings.md').matchAll(/^## (?<id>\S+)$/gm)].map(({ groups }) => groups!['id'])
    expect(sections).toEqual(findingIds())
  })

  test.each([
    ['verdicts', verdicts],
    ['endings', endings],
    ['outcomes', outcomes],
  ] as const)('docs/reading-a-verdict.md explains all %s', (_name, words) => {
    const codes = new Set(inlineCode('docs/reading-a-verdict.md'))
    expect(words.filter((word) => !codes.has(word))).toEqual([])
  })

  test('the plan in README.md fits where it is told to go', () => {
    const [yaml] = blocksOf('README.md').filter(({ language }) => language === 'yaml')
    const plan = [
      'name: mine',
      yaml!.text,
      'configs: { ffa=y: {}, ffa=m: {} }',
      'stacks: { optee-sel1: s.yaml }',
      'modes: { protected: kvm-arm.mode=protected, nvhe: kvm-arm.mode=nvhe }',
    ].join('\n')
    const files = { ...disk, read: () => '' }
    const parsed = parsePlan(plan, 'mine.yaml', files, { groups: probeGroups, findings: findingIds() })
    expect(parsed.ok ? [] : parsed.errors.map(formatError)).toEqual([])
  })

  test('the schedules in docs/nights.md are right', () => {
    const blocks = blocksOf('docs/nights.md').filter(
      ({ language, text }) => language === 'yaml' && !/^known:/m.test(text),
    )
    expect(blocks.length).toBeGreaterThan(2)
    for (const { text } of blocks) {
      const whole = /^plan:/m.test(text) ? text : `plan: p.yaml\nevery: 6 h\n${text}`
      const parsed = parseSchedule(whole, 'nightly.yaml', 'nightly', (path) => path)
      expect(parsed.ok ? [] : parsed.errors.map(formatError)).toEqual([])
    }
  })

  test.each(everyPage)('%s is wrapped at 120 columns, but for tables, addresses and results', (page) => {
    const blocks = new Set(blocksOf(page).flatMap(({ text }) => text.split('\n')))
    const long = pageText(page)
      .split('\n')
      .filter((line) => line.length > 120 && !line.startsWith('|') && !blocks.has(line))
    expect(long).toEqual([])
  })
})

describe("the settings of an own Temporal server in docs/running-a-lab.md are Temporal's", () => {
  const blocks = blocksOf('docs/running-a-lab.md')
  const theirs = { kind: 'configured', address: 'temporal.example.org:7233', namespace: 'hyplab' }

  function withoutSettings(): void {
    for (const name of Object.keys(process.env)) if (name.startsWith('TEMPORAL_')) vi.stubEnv(name, undefined)
    onTestFinished(() => void vi.unstubAllEnvs())
  }

  test('as variables', () => {
    withoutSettings()
    const variables = blocks
      .find(({ text }) => text.startsWith('TEMPORAL_'))!
      .text.trim()
      .split('\n')
    for (const [name, value] of variables.map((line) => line.split('='))) vi.stubEnv(name!, value!)
    expect(serverSettings()).toMatchObject(theirs)
  })

  test('as a profile in temporal.toml', () => {
    withoutSettings()
    const folder = mkdtempSync(join(tmpdir(), 'hyplab-toml-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'temporal.toml')
    writeFileSync(file, blocks.find(({ language }) => language === 'toml')!.text)
    vi.stubEnv('TEMPORAL_CONFIG_FILE', file)
    expect(serverSettings()).toMatchObject(theirs)
  })
})
