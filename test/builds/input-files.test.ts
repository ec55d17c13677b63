import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { filesOfBundle, frozenFiles, RecordedFiles } from '../../builds/input-files.ts'
import { requirePatches } from '../../builds/source/read-patches.ts'
import { tempFolder } from '../host/temp-folder.ts'
import { writeFiles } from './source/world.ts'

it('a folder of mails that was read is kept: with the folder gone the same patches come of it', async () => {
  const folder = await tempFolder()
  const mail = 'From: A <a@x>\nSubject: [PATCH 1/1] x\n\n--- a/\u00e4\n+++ b/\u00e4\n@@ -1 +1 @@\n-x\n+y\n'
  writeFiles(folder, {
    'mails/new/1.host': mail,
    'mails/cur/2.host:2,S': 'From: B\nSubject: Re: x\n\nYes\n',
    'mails/tmp/3': 'x',
  })
  const path = join(folder, 'mails')
  const files = new RecordedFiles()
  const read = await requirePatches(path, files)
  expect(read.patches.map(({ name }) => name)).toEqual(['mails: [PATCH 1/1] x'])
  rmSync(path, { recursive: true })
  expect(await requirePatches(path, frozenFiles(filesOfBundle(files.bundle()), folder))).toEqual(read)
})
