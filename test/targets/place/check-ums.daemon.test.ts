/** A medium that a board lends, as `hyplab lab check` tries it while the board is off; mtools is the host's. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { FlashSpec } from '../../../domain/lab/flash-spec.ts'
import { checkFlash, nameOfFlash } from '../../../targets/place/check-flash.ts'
import { tempFolder } from '../../host/temp-folder.ts'
import { hereLink } from '../board/flash/here-link.ts'

const never = new AbortController().signal

test('nothing may be where the medium comes, and the copy of it must be there', async () => {
  const folder = await tempFolder()
  const [device, base] = [join(folder, 'by-id'), join(folder, 'card.img')]
  const way = { kind: 'ums', controller: 0, medium: 'mmc 0', device, partition: 1, base, within: 1 } as const
  const flash: FlashSpec = { at: 'lab.yaml:1:1', host: 'here', ...way }
  const check = () => checkFlash(flash, hereLink(), never)
  await expect(check()).rejects.toThrow(`Host here has no file ${base} that can be read.`)
  await writeFile(base, 'x')
  expect(await check()).toMatch(/^Nothing is at .* of here while no board lends its medium;/)
  await writeFile(device, 'x')
  await expect(check()).rejects.toThrow(/^Something is at .* on host here before the board lends its medium/)
  expect(nameOfFlash(flash)).toBe('ums mmc 0')
})
