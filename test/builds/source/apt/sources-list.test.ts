import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { debianCodename, debianMirror, debianSources, hostSources } from '../../../../builds/source/apt/mirrors.ts'
import { parseDeb822, parseOneLine, renderDeb822, type AptSource } from '../../../../builds/source/apt/sources-list.ts'

const source = (over: Partial<AptSource>): AptSource => ({
  types: ['deb'],
  uris: ['http://mirror.example/debian'],
  suites: ['bookworm'],
  components: ['main'],
  fields: {},
  ...over,
})

test.each<[string, string, AptSource[]]>([
  ['a plain line', 'deb http://mirror.example/debian bookworm main\n', [source({})]],
  [
    'options, of which those about trust are kept',
    'deb [arch=amd64 signed-by=/usr/share/keyrings/x.gpg] http://mirror.example/debian bookworm main contrib # note',
    [source({ components: ['main', 'contrib'], fields: { 'Signed-By': '/usr/share/keyrings/x.gpg' } })],
  ],
  ['a source line', ' deb-src http://mirror.example/debian bookworm main', [source({ types: ['deb-src'] })]],
  [
    'a flat repository',
    'deb file:/srv/debs ./',
    [source({ uris: ['file:/srv/debs'], suites: ['./'], components: [] })],
  ],
  ['comments, installation discs and nothing', '# deb http://x y z\n\ndeb cdrom:[Debian 12]/ bookworm main\n', []],
])('the one-line format: %s', (_, text, expected) => {
  expect(parseOneLine(text)).toEqual(expected)
})

test.each<[string, string, AptSource[]]>([
  [
    'stanzas with comments inside, as in Debian images',
    `Types: deb deb-src
# http://snapshot.example/archive
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: mirror+file:///etc/apt/mirrors/debian-security.list
Suites: bookworm-security
Components: main
Architectures: amd64
`,
    [
      source({
        types: ['deb', 'deb-src'],
        suites: ['bookworm', 'bookworm-updates'],
        fields: { 'Signed-By': '/usr/share/keyrings/debian-archive-keyring.gpg' },
      }),
      source({ uris: ['mirror+file:///etc/apt/mirrors/debian-security.list'], suites: ['bookworm-security'] }),
    ],
  ],
  [
    'a key that stands in the file itself, and fields in any case',
    'types: deb\nuris: http://mirror.example/debian\nsuites: bookworm\ncomponents: main\nsigned-by:\n -----BEGIN-----\n .\n abc\n',
    [source({ fields: { 'Signed-By': '\n -----BEGIN-----\n .\n abc' } })],
  ],
  [
    'a list over several lines',
    'Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm\nComponents:\n main\n',
    [source({})],
  ],
  ['a stanza that is switched off', 'Enabled: no\nTypes: deb\nURIs: http://x\nSuites: a\nComponents: main\n', []],
])('the deb822 format: %s', (_, text, expected) => {
  const parsed = parseDeb822(text)
  expect(parsed).toEqual(expected)
  expect(parseDeb822(renderDeb822(parsed))).toEqual(parsed)
})

function etcApt(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'hyplab-apt-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'sources.list.d'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

test('of the entries of a host, those of the Debian archive are taken, and the mirror is that of the release itself', async () => {
  const sources = await hostSources(
    etcApt({
      'sources.list': 'deb http://security.example/debian-security trixie-security main\n',
      'sources.list.d/debian.sources':
        'Types: deb\nURIs: http://mirror.example/debian\nSuites: trixie trixie-updates\nComponents: main non-free-firmware\nSigned-By: /k.gpg\n',
      'sources.list.d/other.list':
        'deb https://other.example/apt stable main2\ndeb https://node.example nodistro main\n',
      'sources.list.d/off.list.disabled': 'deb http://wrong.example/debian trixie main\n',
    }),
  )
  expect(debianSources(sources).flatMap(({ suites }) => suites)).toEqual([
    'trixie-security',
    'trixie',
    'trixie-updates',
  ])
  expect(debianMirror(sources)).toEqual({ uris: ['http://mirror.example/debian'], fields: { 'Signed-By': '/k.gpg' } })
})

test('a host without the archive is told how to go on', async () => {
  const sources = await hostSources(etcApt({ 'sources.list': '' }))
  expect(() => debianMirror(sources)).toThrow(/no entry for Debian's main archive.*add one/)
})

test.each([
  ['ID=debian\nVERSION_CODENAME=trixie\n', 'trixie'],
  ['ID="debian"\nVERSION_CODENAME="bookworm"\n', 'bookworm'],
  ['ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n', undefined],
])('the release of %j is %s', async (text, codename) => {
  const folder = etcApt({ 'os-release': text })
  expect(await debianCodename(join(folder, 'os-release'))).toBe(codename)
})
