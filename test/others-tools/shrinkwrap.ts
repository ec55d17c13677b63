import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { standIn } from '../targets/fvp/stand-in.ts'
import { installWheels } from './pip.ts'

/** Arm's shrinkwrap as it was in October 2026, and what it imports beside Debian's python3-yaml. */
const wheels = `
shrinkwraptool==2026.9.2 --hash=sha256:b1842bcfca0fec4910ccbdde7a29340dbc4572faf6a25b62915cd358c43b6ee1
tuxmake==1.45.0 --hash=sha256:6613cda04a348f0e4cfbd31f1ddde7f7bb0af08e79f42eec5d3e4c2ccd1e6a16
termcolor==3.3.0 --hash=sha256:cf642efadaf0a8ebbbf4bc7a31cec2f9b5f21a9f726f4ccbb08192c9c26f43a5
`

/** A config of its own over shrinkwrap's, which says all of the FVP's parameters but for the firmware. */
const config = `%YAML 1.2
---
description: firmware on FVP_Base_RevC-2xAEMvA
concrete: true
layers:
  - FVP_Base_RevC-2xAEMvA-base.yaml
run:
  rtvars:
    BL1: { type: path, value: null }
    FIP: { type: path, value: null }
  params:
    -C bp.secureflashloader.fname: \${rtvar:BL1}
    -C bp.flashloader0.fname: \${rtvar:FIP}
`

export interface Shrinkwrap {
  /** Where its own configs are. */
  configs: string
  /** Runs the firmware with shrinkwrap's `run`, and overlays of its own over the config. */
  run(firmware: Record<'BL1' | 'FIP', string>, overlays: string[]): Promise<{ code: number; said: string }>
}

/**
 * Installs shrinkwrap with pip, below that folder alone, and "builds" the config, which has nothing to build. It runs
 * without a container (its runtime `null`) and finds the stand-in on PATH, as it would find the model.
 */
export async function installShrinkwrap(folder: string): Promise<Shrinkwrap> {
  const configs = join(folder, 'configs')
  const library = await installWheels(folder, wheels)
  await mkdir(configs)
  await writeFile(join(configs, 'firmware.yaml'), config)
  const env = {
    ...process.env,
    PATH: [dirname(standIn), process.env['PATH'] ?? ''].join(delimiter),
    PYTHONPATH: library,
    SHRINKWRAP_CONFIG: configs,
    SHRINKWRAP_PACKAGE: join(folder, 'package'),
    SHRINKWRAP_BUILD: join(folder, 'build'),
  }
  const shrinkwrap = async (...args: string[]): Promise<{ code: number; said: string }> => {
    // It waits for its standard input, which must be something that can be waited for: /dev/null is not.
    const child = spawn('/usr/bin/python3', ['-m', 'shrinkwrap', '--runtime', 'null', ...args], { env })
    const said = Promise.all([text(child.stdout), text(child.stderr)])
    const [code] = (await once(child, 'close')) as [number | null]
    return { code: code ?? -1, said: (await said).join('') }
  }
  const built = await shrinkwrap('build', 'firmware.yaml')
  if (built.code !== 0) throw new Error(`shrinkwrap build: ${built.said}`)
  return {
    configs: join(library, 'shrinkwrap', 'config'),
    run: async (firmware, overlays) => {
      const variables = Object.entries(firmware).flatMap(([name, file]) => ['--rtvar', `${name}=${file}`])
      const over = overlays.flatMap((overlay) => ['--overlay', overlay])
      return await shrinkwrap('run', 'firmware.yaml', '--no-color', ...variables, ...over)
    },
  }
}
