import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { ser2netSentences, ServerSentence } from '../../../../domain/console/server-sentence.ts'
import { attach } from '../../../../targets/board/console/attach.ts'
import { telnetWay } from '../../../../targets/board/console/telnet-way.ts'

const never = new AbortController().signal
/** What ser2net 4.3.11 asks first: WILL and DO suppress-go-ahead, WILL echo. */
const asked = Buffer.from('fffb03fffd03fffb01', 'hex')

/** A connection, our end and the server's. */
async function pair(): Promise<{ ours: Socket; theirs: Socket; heard: () => Buffer }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepted = once(server, 'connection') as Promise<[Socket]>
  const ours = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [theirs] = await accepted
  const chunks: Buffer[] = []
  theirs.on('data', (chunk) => chunks.push(chunk))
  onTestFinished(() => {
    ours.destroy()
    theirs.destroy()
    server.close()
  })
  return { ours, theirs, heard: () => Buffer.concat(chunks) }
}

it('answers nothing before the server has had the time to refuse, so that a refusal is not lost behind a reset', async () => {
  const { ours, theirs, heard } = await pair()
  const filter = new ServerSentence(ser2netSentences)
  const attached = attach(ours, { who: 'the server', filter, settleMs: 20_000, ...telnetWay(ours) }, never)
  ours.once('data', () => theirs.end('Device open failure: Value or file not found\r\n'))
  theirs.write(asked)
  await expect(attached).rejects.toMatchObject({ kind: 'no-device' })
  await once(theirs, 'close')
  expect(heard()).toHaveLength(0)
})

it('answers what was asked meanwhile before the first byte for the UART', async () => {
  const { ours, theirs, heard } = await pair()
  const filter = new ServerSentence(ser2netSentences)
  theirs.write(asked)
  const line = await attach(ours, { who: 'the server', filter, settleMs: 50, ...telnetWay(ours, 9600) }, never)
  line.stream.write('x')
  while (!heard().includes('x')) await once(theirs, 'data')
  expect(heard().subarray(0, -1).toString('hex')).toMatch(/^(ff(fb|fc|fd|fe)0[13]){2,3}$/)
  await line.close()
})
