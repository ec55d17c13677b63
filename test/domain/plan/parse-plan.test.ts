import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { expandMatrix } from '../../../domain/plan/expand-matrix.ts'
import { parsePlan } from '../../../domain/plan/parse-plan.ts'
import { formatError } from '../../../domain/yaml/located-error.ts'
import { disk, errorsOf, folder, goodPlan, known, plan } from './plans.ts'

/** The good plan with one thing changed; fails if there was nothing to change. */
function change(from: string | RegExp, to: string): string {
  const changed = goodPlan.replace(from, to)
  expect(changed).not.toBe(goodPlan)
  return changed
}

test('ten mistakes are ten located errors', () => {
  const file = 'test/fixtures/plans/ten-mistakes.yaml'
  const parsed = parsePlan(readFileSync(file, 'utf8'), file, disk, known)
  if (parsed.ok) throw new Error('the plan was accepted')
  const root = process.cwd()
  expect(parsed.errors).toHaveLength(10)
  expect(parsed.errors.map((error) => formatError(error).replaceAll(`${root}/`, ''))).toMatchInlineSnapshot(`
    [
      "test/fixtures/plans/ten-mistakes.yaml:5:57: "69ac99a397e2e1d9e97f..." is not a sha256 (63 characters); 64 hexadecimal digits in lower case, as sha256sum prints them",
      "test/fixtures/plans/ten-mistakes.yaml:7:30: there is no config fragment "no-such.config"; looked for test/fixtures/plans/no-such.config; paths start at the folder of this file",
      "test/fixtures/plans/ten-mistakes.yaml:9:42: "yes" is no value that Kconfig knows; ARM_FFA_TRANSPORT: y, or '"yes"' if the text itself is meant",
      "test/fixtures/plans/ten-mistakes.yaml:9:47: "CONFIG_OPTEE" is not a Kconfig symbol as plans write it, in capitals and without CONFIG_; did you mean "OPTEE"?",
      "test/fixtures/plans/ten-mistakes.yaml:15:19: there is no config "ffa=n"; did you mean "ffa=y"?",
      "test/fixtures/plans/ten-mistakes.yaml:16:3: unknown key "modes" in matrix; did you mean "mode"?",
      "test/fixtures/plans/ten-mistakes.yaml:18:7: this exclude matches no cell of the matrix; remove it, or check its names against the axes",
      "test/fixtures/plans/ten-mistakes.yaml:19:21: there is no probe group "optees"; did you mean "optee"?",
      "test/fixtures/plans/ten-mistakes.yaml:22:17: there is no finding "ffa.useable"; did you mean "ffa.usable"?",
      "test/fixtures/plans/ten-mistakes.yaml:23:20: 60 is not a duration; a number with a unit, e.g. 60 s or 2 min",
    ]
  `)
})

test('a plan without mistakes has its defaults, paths and quantities filled in', () => {
  const { kernels, configs, stacks, targets, limits, attempts, matrix, expectations } = plan(goodPlan)
  expect(kernels['linux-a']).toEqual({
    name: 'linux-a',
    sources: [{ kind: 'tarball', url: 'https://example.org/linux.tar.xz' }],
    base: 'allnoconfig',
    fragments: ['/lab/base.config'],
    symbols: {},
    patches: ['/lab/fix.patch'],
  })
  expect(kernels['linux-b']?.sources).toEqual([
    { kind: 'tree', path: '/linux' },
    { kind: 'git', url: 'https://example.org/linux.git', ref: 'v7.0' },
  ])
  expect(kernels['linux-b']?.base).toBe('defconfig')
  expect(configs['module']?.modules).toEqual(['ffa-core', 'optee'])
  expect(stacks).toEqual({ optee: '/lab/optee.yaml' })
  expect(targets).toEqual({
    qemu: { kind: 'qemu', name: 'qemu', cpu: 'max,sme=off,pauth-impdef=on', smp: 2, memory: 2048 },
  })
  expect(limits).toEqual({ silence: 120 })
  expect(attempts).toEqual({ count: 1, infra: 3 })
  expect(matrix.values.mode).toEqual(['protected', 'nvhe'])
  expect(expectations).toEqual([
    {
      cells: { config: ['builtin'] },
      findings: [{ id: 'ffa.usable', outcome: 'fail', facts: { errno: -22 } }],
      at: '/lab/plan.yaml:22:5',
    },
  ])
})

test('the newest version or tag that fits is a location of its own kind', () => {
  const sources = (location: string) => plan(change('{ tree: ../linux }', location)).kernels['linux-b']?.sources[0]
  expect(sources("{ debian: linux, newest: '6.12.*' }")).toEqual({
    kind: 'newest',
    of: 'debian',
    name: 'linux',
    pattern: '6.12.*',
  })
  expect(sources('{ deb: linux-source-7.3, newest: "*" }')).toMatchObject({ of: 'deb', name: 'linux-source-7.3' })
  expect(sources('{ git: ../linux.git, newest: v*-rc* }')).toMatchObject({ of: 'git', name: '/linux.git' })
  expect(sources('{ git: https://git.example.org/linux.git, newest: v*-rc* }')).toMatchObject({
    name: 'https://git.example.org/linux.git',
    pattern: 'v*-rc*',
  })
})

test('symbols stand as in a .config: y, m, n and numbers bare and as written, text in quotes', () => {
  const symbols =
    'symbols: { A: y, B: n, NR_CPUS: 4, BASE: 0x1000, LOCALVERSION: -lab, CMDLINE: a "b" \\c, Q: \'"y"\', E: "" }'
  expect(plan(change('symbols: { ARM_FFA_TRANSPORT: y, OPTEE: y }', symbols)).configs['builtin']?.symbols).toEqual({
    A: 'y',
    B: 'n',
    NR_CPUS: '4',
    BASE: '0x1000',
    LOCALVERSION: '"-lab"',
    CMDLINE: '"a \\"b\\" \\\\c"',
    Q: '"y"',
    E: '""',
  })
})

test('a place of a lab is chosen by its class and tags, and may keep the firmware that it has', () => {
  const text = change('{ optee: optee.yaml }', '{ vendor: installed }')
  const read = plan(
    `${text}targets: { rock: { kind: board, class: rk3588, tags: [tpm] }, base: { kind: fvp, class: revc } }\n`,
  )
  expect(read.targets).toEqual({
    rock: { kind: 'board', name: 'rock', class: 'rk3588', tags: ['tpm'] },
    base: { kind: 'fvp', name: 'base', class: 'revc', tags: [] },
  })
  expect(expandMatrix(read)[0]!.stack).toEqual({ name: 'vendor' })
})

test('memory and durations have units', () => {
  const { targets, limits } = plan(`${change('2 min', '1.5 h')}targets: { big: { kind: qemu, memory: 3 GiB } }\n`)
  expect(targets['big']).toMatchObject({ memory: 3072 })
  expect(limits.silence).toBe(5400)
})

test('anchors, aliases and merge keys work, and errors in them are found where they stand', () => {
  const shared = change(
    /configs:\n(.*\n){2}/,
    'configs:\n  builtin: &b { symbols: &s { OPTEE: y } }\n  module: { <<: *b, symbols: { <<: *s, ARM_FFA_TRANSPORT: m } }\n',
  )
  expect(plan(shared).configs['module']?.symbols).toEqual({ OPTEE: 'y', ARM_FFA_TRANSPORT: 'm' })
  expect(errorsOf(shared.replace('OPTEE: y', 'OPTEE: yes'))).toEqual([
    `plan.yaml:13:38: "yes" is no value that Kconfig knows; OPTEE: y, or '"yes"' if the text itself is meant`,
  ])
})

test('names that look like numbers stay as they are written', () => {
  const text = goodPlan.replaceAll('linux-a', '6.10').replace('kernel: [6.10]', "kernel: ['6.10']")
  expect(Object.keys(plan(text).kernels)).toEqual(['6.10', 'linux-b'])
  expect(errorsOf(goodPlan.replaceAll('linux-a', '6.10'))).toEqual([
    "plan.yaml:18:12: matrix.kernel[0] is the number 6.10; it would be text, in quotes: '6.10'",
  ])
})

test('YAML 1.1 is not spoken, whatever the text says: y and yes stay text', () => {
  expect(plan(`%YAML 1.1\n---\n${goodPlan}`).configs['builtin']?.symbols).toEqual({
    ARM_FFA_TRANSPORT: 'y',
    OPTEE: 'y',
  })
})

test('files with carriage returns and a byte order mark are read', () => {
  expect(errorsOf(`\uFEFF${goodPlan.replaceAll('\n', '\r\n')}`)).toEqual([])
})

describe('one mistake is one error, where it stands', () => {
  const cases: [what: string, text: () => string, error: string][] = [
    ['empty file', () => '', '1:1: the plan is empty; it needs at least name, kernels and stacks, see docs/plans.md'],
    [
      'only a comment',
      () => '# later\n',
      '1:1: the plan is empty; it needs at least name, kernels and stacks, see docs/plans.md',
    ],
    [
      'not a map',
      () => '- a\n- b\n',
      '1:1: the plan is a list; it would be a map, lines of key: value, see docs/plans.md',
    ],
    ['just text', () => 'hello\n', '1:1: the plan is text; it would be a map, lines of key: value, see docs/plans.md'],
    [
      'broken YAML',
      () => change('{ tree: ../linux }', '{ tree: ../linux'),
      '10:9: the { that begins here has no end; add } where the map ends',
    ],
    ['tab', () => change('  linux-b:', '\tlinux-b:'), '8:1: a tab is used as indentation; YAML wants spaces'],
    [
      'colon in text',
      () => `${goodPlan}description: before: after\n`,
      '25:14: there is a second ": " on this line; put quotes around text that contains ": "',
    ],
    [
      'two documents',
      () => `${goodPlan}---\nname: b\n`,
      '25:1: a second YAML document begins here; one file holds one plan',
    ],
    [
      'duplicate key',
      () => `${goodPlan}name: again\n`,
      '25:1: the key name stands twice in this map; merge the two or rename one',
    ],
    [
      'unresolved alias',
      () => `${goodPlan}description: *nowhere\n`,
      '25:14: no anchor "&nowhere" stands before this alias; write &nowhere at an earlier value, or put the text in quotes',
    ],
    [
      'alias inside itself',
      () => `${goodPlan}targets: &t { qemu: *t }\n`,
      '25:21: the alias "*t" is inside the very thing that it names; name something that ends before it',
    ],
    [
      'merge of a text',
      () => `${goodPlan}<<: text\n`,
      '25:1: "<<" merges something that is no map; give it an alias of a map, e.g. <<: *base',
    ],
    [
      'unknown tag',
      () => change('name: small', 'name: !secret small'),
      '1:7: tags (!name) have no meaning in a plan; remove it, or put the text in quotes',
    ],
    [
      'unknown key',
      () => `${goodPlan}colour: red\n`,
      '25:1: unknown key "colour" in the plan; it would be one of name, description, kernels, configs, stacks, modes, cmdline, targets, matrix, probes, expect, attempts, pairs, limits',
    ],
    [
      'misspelt key',
      () => change('probes:', 'probs:'),
      '20:1: unknown key "probs" in the plan; did you mean "probes"?',
    ],
    [
      'misspelt key that is needed',
      () => change('kernels:', 'kernals:'),
      '2:1: unknown key "kernals" in the plan; did you mean "kernels"?',
    ],
    [
      'map with keys that objects have, too',
      () => change('name: small', 'name: { toString: a, constructor: b }'),
      '1:7: name is a map; it would be text',
    ],
    [
      'missing key',
      () => change('name: small\n', ''),
      '1:1: missing key "name" in the plan; add name: ..., see docs/plans.md',
    ],
    [
      'missing source',
      () => change(/ {4}source: \{.*\n/, ''),
      '3:3: missing key "source" in kernels.linux-a; add source: ..., see docs/plans.md',
    ],
    [
      'bad name',
      () => change('name: small', 'name: a/b'),
      '1:7: "a/b" is not a name; letters, digits and . _ = + : @ - make a name, as it becomes part of the cell id',
    ],
    [
      'bad name of a config',
      () => goodPlan.replaceAll('builtin', '"built in"'),
      '13:3: "built in" is not a name; letters, digits and . _ = + : @ - make a name, as it becomes part of the cell id',
    ],
    [
      'wrong type',
      () => change('patches: [fix.patch]', 'patches: fix.patch'),
      '7:14: kernels.linux-a.patches is text; it would be a list',
    ],
    [
      'empty value',
      () => change('stacks: { optee: optee.yaml }', 'stacks:'),
      '15:8: stacks is empty; it would be a map',
    ],
    [
      'empty axis',
      () => change('kernel: [linux-a]', 'kernel: []'),
      '18:11: matrix.kernel is an empty list; one entry at least',
    ],
    [
      'empty matrix',
      () => change('probes:', '  exclude: [{ kernel: linux-a }]\nprobes:').replace(/expect:\n(.*\n){2}/, ''),
      '17:1: the matrix is empty: exclude takes every cell out; leave one cell at least',
    ],
    [
      'no kernels at all',
      () => change(/kernels:\n(.*\n){9}/, 'kernels: {}\n'),
      '2:10: kernels is an empty map; one entry at least',
    ],
    [
      'no expected finding',
      () => change(/findings: \{ ffa.*\n/, 'findings: {}\n'),
      '23:15: expect[0].findings is an empty map; one entry at least',
    ],
    [
      'unknown kernel',
      () => change('[linux-a]', '[linux-c]'),
      '18:12: there is no kernel "linux-c"; did you mean "linux-a"?',
    ],
    [
      'unknown config',
      () => change('[builtin, module]', '[builtin, modul]').replace(/expect:\n(.*\n){2}/, ''),
      '19:21: there is no config "modul"; did you mean "module"?',
    ],
    [
      'unknown stack',
      () => change('  kernel: [linux-a]', '  stack: hafnium\n  kernel: [linux-a]'),
      '18:10: there is no stack "hafnium"; the only one is "optee"',
    ],
    [
      'unknown mode',
      () => change('  kernel: [linux-a]', '  mode: protectd\n  kernel: [linux-a]'),
      '18:9: there is no mode "protectd"; did you mean "protected"?',
    ],
    [
      'unknown target',
      () => change('  kernel: [linux-a]', '  target: [qmeu]\n  kernel: [linux-a]'),
      '18:12: there is no target "qmeu"; did you mean "qemu"?',
    ],
    [
      'name twice on an axis',
      () => change('[builtin, module]', '[builtin, builtin]'),
      '19:21: "builtin" stands twice in this list; name it once',
    ],
    [
      'unknown probe group',
      () => change('[ffa, optee]', '[ffa, optees]'),
      '20:15: there is no probe group "optees"; did you mean "optee"?',
    ],
    [
      'probe group twice',
      () => change('[ffa, optee]', '[ffa, optee, ffa]'),
      '20:22: "ffa" stands twice in this list; name it once',
    ],
    [
      'unknown finding',
      () => change('ffa.usable:', 'ffa.usabel:'),
      '23:17: there is no finding "ffa.usabel"; did you mean "ffa.usable"?',
    ],
    [
      'finding of a group that does not run',
      () => change('ffa.usable:', 'pkvm.mode:'),
      '23:17: "pkvm.mode" comes from the probe group "pkvm", which is not in probes; add pkvm to probes',
    ],
    [
      'bad outcome',
      () => change('{ outcome: fail, errno: -22 }', 'failed'),
      '23:29: "failed" is not right here; did you mean "fail"?',
    ],
    [
      'misspelt outcome',
      () => change('outcome: fail', 'outcom: fail'),
      '23:31: unknown key "outcom" in expect[0].findings.ffa.usable; did you mean "outcome"?',
    ],
    [
      'fact that is a list',
      () => change('errno: -22', 'errno: [-22]'),
      '23:53: expect[0].findings.ffa.usable.errno is a list; it would be text or a number or true or false',
    ],
    [
      'expectation about no cell',
      () => change('cells: { config: builtin }', 'cells: { kernel: linux-b }'),
      '22:12: this expectation is about no cell of the matrix; check its names against the axes and exclude',
    ],
    [
      'expectations that contradict',
      () => change('limits:', '  - { cells: { mode: nvhe }, findings: { ffa.usable: pass } }\nlimits:'),
      '24:42: for linux-a/builtin/optee/nvhe/qemu this contradicts plan.yaml:23; let each cell have one answer',
    ],
    [
      'known bug that passes',
      () =>
        change(
          '    findings: { ffa.usable: { outcome: fail, errno: -22 } }',
          '    known: a bug\n    findings: { ffa.usable: pass }',
        ),
      '23:5: known names a bug, but each finding here is expected to pass; expect a fail, or drop known',
    ],
    [
      'exclude that matches nothing',
      () => change('probes:', '  exclude: [{ kernel: linux-b }]\nprobes:'),
      '20:13: this exclude matches no cell of the matrix; remove it, or check its names against the axes',
    ],
    [
      'include that is there already',
      () => change('probes:', '  include: [{ config: module }]\nprobes:'),
      '20:13: this include adds linux-a/module/optee/protected/qemu, which is there already; remove it, or name its axes more closely',
    ],
    [
      'bad sha256',
      () => change("linux.tar.xz'", "linux.tar.xz', sha256: 12ab"),
      '4:68: "12ab" is not a sha256 (4 characters); 64 hexadecimal digits in lower case, as sha256sum prints them',
    ],
    [
      'sha256 of a tree',
      () => change('{ tree: ../linux }', '{ tree: ../linux, sha256: ' + 'a'.repeat(64) + ' }'),
      '10:27: "sha256" has no meaning for a tree location; remove it',
    ],
    [
      'Debian package without version',
      () => change('{ tree: ../linux }', '{ debian: linux }'),
      '10:9: a debian location needs "version"; add version: ...',
    ],
    [
      'version and newest',
      () => change('{ tree: ../linux }', "{ debian: linux, version: 6.18.5-1, newest: '6.18.*' }"),
      '10:45: "version" and "newest" are two answers; leave one of them out',
    ],
    [
      'newest with a sha256',
      () => change('{ tree: ../linux }', `{ deb: linux-source, newest: '6.*', sha256: ${'a'.repeat(64)} }`),
      '10:45: the newest of several has no sha256 that is known; remove it, or name one version',
    ],
    [
      'newest of a tree',
      () => change('{ tree: ../linux }', "{ tree: ../linux, newest: '*' }"),
      '10:27: "newest" has no meaning for a tree location; remove it',
    ],
    [
      'newest that YAML takes for a number',
      () => change('{ tree: ../linux }', '{ debian: linux, newest: 6.12 }'),
      '10:34: 6.12 is not a pattern; text in quotes, e.g. "6.12.*" or "v*-rc*"',
    ],
    [
      'newest that is no pattern',
      () => change('{ tree: ../linux }', '{ debian: linux, newest: "6.12 and up" }'),
      '10:34: "6.12 and up" is not a pattern; letters, digits and . + ~ : - with * for any text, e.g. "6.12.*"',
    ],
    ['git without ref', () => change(', ref: v7.0', ''), '11:9: a git location needs "ref"; add ref: ...'],
    [
      'two kinds of location',
      () => change('{ tree: ../linux }', '{ tree: ../linux, tarball: "https://example.org/l.tar" }'),
      '10:11: "tarball" and "tree" are two locations in one; write two list entries, tried in order',
    ],
    [
      'location of no kind',
      () => change('{ tree: ../linux }', '{ ref: v7.0 }'),
      '10:9: this location does not say where the source is; add debian, deb, tarball, tree or git',
    ],
    [
      'misspelt location',
      () => change('{ tree: ../linux }', '{ debain: linux, version: 1-1 }'),
      '10:11: unknown key "debain" in kernels.linux-b.source[0]; did you mean "debian"?',
    ],
    [
      'address without scheme',
      () => change('https://example.org/linux.tar.xz', 'example.org/linux.tar.xz'),
      '4:24: "example.org/linux.tar.xz" is not an address; https://..., http://... or file:///...',
    ],
    [
      'bad base',
      () => change('allnoconfig', 'allnoconf'),
      '5:11: "allnoconf" is not a base; allnoconfig, tinyconfig, defconfig or NAME_defconfig',
    ],
    [
      'fragment that does not exist',
      () => change('base.config', 'bass.config'),
      '6:17: there is no config fragment "bass.config"; did you mean "base.config"?',
    ],
    [
      'patch that does not exist',
      () => change('fix.patch', 'fixes.patch'),
      '7:15: there is no patch "fixes.patch"; did you mean "fix.patch"?',
    ],
    [
      'stack recipe that does not exist',
      () => change('optee.yaml', 'optee.yml'),
      '15:18: there is no stack recipe "optee.yml"; did you mean "optee.yaml"?',
    ],
    [
      'symbol with prefix',
      () => change('ARM_FFA_TRANSPORT: y', 'CONFIG_ARM_FFA_TRANSPORT: y'),
      '13:25: "CONFIG_ARM_FFA_TRANSPORT" is not a Kconfig symbol as plans write it, in capitals and without CONFIG_; did you mean "ARM_FFA_TRANSPORT"?',
    ],
    [
      'symbol in small letters',
      () => change('OPTEE: y', 'optee: y'),
      '13:47: "optee" is not a Kconfig symbol as plans write it, in capitals and without CONFIG_; did you mean "OPTEE"?',
    ],
    [
      'yes for y',
      () => change('OPTEE: y', 'OPTEE: yes'),
      `13:54: "yes" is no value that Kconfig knows; OPTEE: y, or '"yes"' if the text itself is meant`,
    ],
    [
      'true for y',
      () => change('OPTEE: y', 'OPTEE: true'),
      '13:54: true is no value of a Kconfig symbol; y, m, n, a whole number or a text',
    ],
    [
      'M for m',
      () => change('OPTEE: m', 'OPTEE: M'),
      `14:53: "M" is no value that Kconfig knows; OPTEE: m, or '"M"' if the text itself is meant`,
    ],
    [
      'fraction as a symbol',
      () => change('OPTEE: y', 'OPTEE: 1.5'),
      '13:54: 1.5 is no value of a Kconfig symbol; y, m, n, a whole number or a text',
    ],
    [
      'list as a symbol',
      () => change('OPTEE: y', 'OPTEE: [y]'),
      '13:54: configs.builtin.symbols.OPTEE is no value of a Kconfig symbol; y, m, n, a whole number or a text',
    ],
    [
      'module with .ko',
      () => change('optee]', 'optee.ko]'),
      '14:78: "optee.ko" is not a module name; as in the build, without folder and without .ko',
    ],
    [
      'module twice',
      () => change('[ffa-core, optee]', '[ffa-core, ffa-core]'),
      '14:78: the module "ffa-core" is loaded twice; name it once',
    ],
    [
      'command line over two lines',
      () => change('nvhe: kvm-arm.mode=nvhe', 'nvhe: "a\\nb"'),
      '16:51: "a b" holds a line feed; a kernel command line is one line',
    ],
    [
      'unknown kind of target',
      () => `${goodPlan}targets: { a: { kind: quemu } }\n`,
      '25:23: "quemu" is not right here; did you mean "qemu"?',
    ],
    [
      'a place without a class',
      () => `${goodPlan}targets: { a: { kind: board } }\n`,
      '25:12: the board a has no class; e.g. class: rk3588, as the lab names it',
    ],
    [
      'a place that is told what it has',
      () => `${goodPlan}targets: { a: { kind: fvp, class: base-revc, memory: 2 GiB } }\n`,
      '25:46: a place of a lab has its own memory; choose it by class and tags',
    ],
    [
      'a machine that is looked for in a lab',
      () => `${goodPlan}targets: { a: { kind: qemu, tags: [tpm] } }\n`,
      '25:29: a QEMU machine is no place of a lab; it has cpu, smp, memory, trace',
    ],
    [
      'a machine without firmware',
      () => change('{ optee: optee.yaml }', '{ vendor: installed }'),
      '15:19: qemu is a QEMU machine and has no firmware of its own; exclude the cells of vendor on it',
    ],
    [
      'no CPUs',
      () => `${goodPlan}targets: { a: { kind: qemu, smp: 0 } }\n`,
      '25:34: 0 is not a number of CPUs; 1 or more',
    ],
    [
      'memory without a known unit',
      () => `${goodPlan}targets: { a: { kind: qemu, memory: 2 GB } }\n`,
      '25:37: "2 GB" is not a size; 2 GiB or 2048 MiB',
    ],
    [
      'duration without unit',
      () => change('2 min', '120'),
      '24:20: 120 is not a duration; a number with a unit, e.g. 60 s or 2 min',
    ],
    [
      'duration with an unknown unit',
      () => change('2 min', '2 minutes'),
      '24:20: "2 minutes" is not a duration; a number with a unit, e.g. 60 s or 2 min',
    ],
    [
      'more attempts than a story can tell',
      () => `${goodPlan}attempts: { count: 301 }\n`,
      '25:20: 301 is more attempts than a cell has in one run; 300 at most',
    ],
    ['no attempts', () => `${goodPlan}attempts: 0\n`, '25:11: 0 is not a number of attempts; 1 or more'],
    [
      'attempts of a wrong type',
      () => `${goodPlan}attempts: [1]\n`,
      '25:11: attempts is a list; it would be a number or a map',
    ],
    [
      'misspelt key of attempts',
      () => `${goodPlan}attempts: { count: 2, infr: 1 }\n`,
      '25:23: unknown key "infr" in attempts; did you mean "infra"?',
    ],
  ]
  test.each(cases)('%s', (_what, text, error) => {
    expect(errorsOf(text())).toEqual([`plan.yaml:${error}`])
  })
})

test('a fragment with a line that merge_config would pass over is an error in the fragment', () => {
  const files = folder({
    '/lab/base.config':
      'CONFIG_SMP=y\nSMP=y\nCONFIG_VT = n\n#CONFIG_A is not set\nCONFIG_L="a b"\nCONFIG_X=a b\n  CONFIG_Y=m  # why\n',
    '/lab/fix.patch': '',
    '/lab/optee.yaml': '',
  })
  const parsed = parsePlan(goodPlan, '/lab/plan.yaml', files, known)
  expect(parsed.ok ? [] : parsed.errors.map(formatError)).toEqual([
    '/lab/base.config:2:1: "SMP=y" is no line of a config fragment; it would be CONFIG_NAME=value or # CONFIG_NAME is not set',
    '/lab/base.config:3:1: "CONFIG_VT = n" is no line of a config fragment; it would be CONFIG_NAME=value or # CONFIG_NAME is not set',
    '/lab/base.config:6:1: "CONFIG_X=a b" is no line of a config fragment; it would be CONFIG_NAME=value or # CONFIG_NAME is not set',
  ])
})
