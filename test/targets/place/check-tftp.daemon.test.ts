/** A TFTP folder tried on Debian's tftpd-hpa, in a network of its own where port 69 is free for anybody. */
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ownNetwork } from '../../../host/own-network.ts'
import { checkTftp } from '../../../targets/place/check-tftp.ts'
import type { HostLink } from '../../../targets/hosts/host-link.ts'
import { tempFolder } from '../../host/temp-folder.ts'
import { tftpdAddress, withTftpd } from '../../rack/tftpd.ts'
import { hereLink } from '../board/flash/here-link.ts'

const never = new AbortController().signal
const network = await ownNetwork()

/** A host whose TFTP server serves a folder, for as long as each of its commands runs. */
function hostServing(served: string): HostLink {
  const here = hereLink()
  const through = 'through' in network ? network.through : []
  return { ...here, run: (words, signal) => here.run([...withTftpd(through, served), ...words], signal) }
}

async function folders(): Promise<{ written: string; other: string }> {
  const root = await tempFolder()
  const [written, other] = [join(root, 'tftp'), join(root, 'other')]
  for (const folder of [written, other]) await mkdir(folder)
  return { written, other }
}

test.skipIf('refused' in network)('a folder that is served is told so, and the file is gone again', async () => {
  const { written } = await folders()
  const said = await checkTftp({ folder: written, server: tftpdAddress }, hostServing(written), never)
  expect(said).toBe(`${written} of here can be written, and ${tftpdAddress} serves it.`)
  expect(await readdir(written)).toEqual([])
})

test.skipIf('refused' in network)('a server that serves another folder is told by what it refuses', async () => {
  const { written, other } = await folders()
  await expect(checkTftp({ folder: written, server: tftpdAddress }, hostServing(other), never)).rejects.toThrow(
    /can be written, but the TFTP server at \S+ does not give what is written there: it has no such file\.$/,
  )
  expect(await readdir(written)).toEqual([])
})

test('an address of this host at which nobody answers is refused', async () => {
  const { written } = await folders()
  // Nobody serves TFTP there.
  await expect(checkTftp({ folder: written, server: '127.77.0.1' }, hereLink(), never)).rejects.toThrow(
    /but the TFTP server at 127\.77\.0\.1 does not answer: curl: /,
  )
})

test('an address that only a board sees is left to the board', async () => {
  const { written } = await folders()
  const said = await checkTftp({ folder: written, server: '10.0.2.2' }, hereLink(), never)
  expect(said).toBe(`${written} of here can be written; only the board can tell whether 10.0.2.2 serves it.`)
})
