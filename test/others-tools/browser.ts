import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { startGuarded } from '../../host/guarded-process.ts'

/** A browser without a screen, spoken to by the Chrome DevTools Protocol. */
export interface Browser {
  /** Sends a command about the page. */
  send<T = unknown>(method: string, parameters?: object): Promise<T>
  /** What came as events so far, e.g. of `Network.requestWillBeSent`. */
  events(method: string): unknown[]
  /** Resolves with the next event of that name. */
  next(method: string): Promise<unknown>
  close(): Promise<void>
}

interface Message {
  id?: number
  method?: string
  params?: unknown
  result?: unknown
  error?: { message: string }
  sessionId?: string
}

/** Starts Debian's chromium-headless-shell with a profile of its own, and opens a page. */
export async function openBrowser(): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'hyplab-browser-'))
  const options = ['--no-sandbox', '--disable-gpu', '--remote-debugging-port=0', `--user-data-dir=${profile}`]
  // What Debian calls by that name is a shell that waits for the browser: the whole group is to go.
  const guarded = startGuarded('chromium-headless-shell', [...options, 'about:blank'])
  guarded.child.stdout?.resume()
  const close = async (): Promise<void> => {
    guarded.kill('SIGKILL')
    await guarded.ended
    await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    const address = await Promise.race([addressIn(guarded.child.stderr!), guarded.ended.then(() => undefined)])
    if (address === undefined) throw new Error('chromium-headless-shell ended before it listened')
    return { ...(await speakTo(address)), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function addressIn(stream: NodeJS.ReadableStream): Promise<string | undefined> {
  const lines = createInterface({ input: stream })
  for await (const line of lines) {
    const [, address] = /^DevTools listening on (ws:\S+)$/.exec(line) ?? []
    if (address === undefined) continue
    // It would stand still with a full pipe.
    stream.resume()
    return address
  }
  return undefined
}

async function speakTo(address: string): Promise<Omit<Browser, 'close'>> {
  const socket = new WebSocket(address)
  await once(socket, 'open')
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  const seen: { method: string; params: unknown }[] = []
  const listeners = new Map<string, ((params: unknown) => void)[]>()
  socket.addEventListener('message', ({ data }) => {
    const { id, method, params, result, error } = JSON.parse(String(data)) as Message
    if (id !== undefined) {
      const asked = waiting.get(id)
      waiting.delete(id)
      if (error) asked?.reject(new Error(error.message))
      else asked?.resolve(result)
    } else if (method !== undefined) {
      seen.push({ method, params })
      for (const listener of listeners.get(method) ?? []) listener(params)
      listeners.delete(method)
    }
  })
  let count = 0
  let session: string | undefined
  const send = <T>(method: string, parameters: object = {}): Promise<T> => {
    const id = ++count
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
    socket.send(
      JSON.stringify({ id, method, params: parameters, ...(session !== undefined && { sessionId: session }) }),
    )
    return promise
  }
  const { targetId } = await send<{ targetId: string }>('Target.createTarget', { url: 'about:blank' })
  session = (await send<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true })).sessionId
  return {
    send,
    events: (name) => seen.filter(({ method }) => method === name).map(({ params }) => params),
    next: (name) => {
      const { promise, resolve } = Promise.withResolvers<unknown>()
      listeners.set(name, [...(listeners.get(name) ?? []), resolve])
      return promise
    },
  }
}
