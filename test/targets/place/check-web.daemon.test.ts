import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { freePorts } from '../../../host/free-port.ts'
import { checkWeb } from '../../../targets/place/check-web.ts'
import { tempFolder } from '../../host/temp-folder.ts'
import { startWebServer } from '../../rack/web-server.ts'
import { hereLink } from '../board/flash/here-link.ts'

const never = new AbortController().signal

test('a folder is written to, and fetched from by curl; another folder, and no server, are told apart', async () => {
  const folder = await tempFolder()
  const other = join(folder, 'other')
  await mkdir(other)
  const server = await startWebServer(folder)
  onTestFinished(() => server.stop())
  const url = `http://127.0.0.1:${server.port}/`
  expect(await checkWeb({ folder, url }, hereLink(), never)).toBe(
    `${folder} of here can be written, and ${url} serves it.`,
  )
  await expect(checkWeb({ folder: other, url }, hereLink(), never)).rejects.toThrow(
    /could not fetch from http:.* what was written to .*other: curl ended with code 22 and said ".*404/,
  )
  const [port] = await freePorts(1)
  expect(await checkWeb({ folder, url: `http://127.0.0.1:${port}` }, hereLink(), never)).toMatch(
    /only the board can tell whether .* serves it/,
  )
  await expect(checkWeb({ folder: join(folder, 'none'), url }, hereLink(), never)).rejects.toThrow(
    /could not write .*none/,
  )
  expect([...(await readdir(folder)), ...(await readdir(other))]).toEqual(['other'])
})

test('asks the server itself, whatever proxy the host’s user has', async () => {
  const folder = await tempFolder()
  const server = await startWebServer(folder)
  onTestFinished(() => server.stop())
  const [nobody] = await freePorts(1)
  const here = hereLink()
  const behindProxy = ['env', `http_proxy=http://127.0.0.1:${nobody}`, 'no_proxy=', 'NO_PROXY=']
  const host = { ...here, run: (words: string[], signal: AbortSignal) => here.run([...behindProxy, ...words], signal) }
  const url = `http://127.0.0.1:${server.port}`
  expect(await checkWeb({ folder, url }, host, never)).toBe(`${folder} of here can be written, and ${url} serves it.`)
})
