import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

/** A web server that runs. */
export interface WebServer {
  port: number
  /** What it was asked for, in order. */
  asked: string[]
  stop(): Promise<void>
}

/** Serves the files of a folder on 127.0.0.1, as any web server does that is told of one. */
export async function startWebServer(folder: string): Promise<WebServer> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    asked.push(`${request.method} ${path}`)
    const file = join(folder, path)
    void stat(file).then(
      ({ size }) => {
        response.writeHead(200, { 'content-length': size, 'content-type': 'application/octet-stream' })
        if (request.method === 'HEAD') response.end()
        else createReadStream(file).pipe(response)
      },
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
