import { join } from 'node:path'
import { execa } from 'execa'

/** Files of one authority: its own certificate, a server's certificate with its key beside it, a client's with its key. */
export interface Certificates {
  authority: string
  server: string
  client: { certificate: string; key: string }
}

/** Has openssl make an authority, a server for `localhost` and a client, as an admin would. */
export async function makeCertificates(folder: string, name: string): Promise<Certificates> {
  const at = (file: string) => join(folder, `${name}-${file}`)
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1']
  const signed = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-addext', 'basicConstraints=critical,CA:false']
  await openssl([...request, '-subj', `/CN=${name}`, '-keyout', at('ca.key'), '-out', at('ca.pem')])
  const server = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  // HAProxy finds the key of a certificate beside it, under this name.
  await openssl([...request, ...signed, ...server, '-keyout', at('server.pem.key'), '-out', at('server.pem')])
  await openssl([...request, ...signed, '-subj', '/CN=lab', '-keyout', at('client.key'), '-out', at('client.pem')])
  return {
    authority: at('ca.pem'),
    server: at('server.pem'),
    client: { certificate: at('client.pem'), key: at('client.key') },
  }
}

async function openssl(args: string[]): Promise<void> {
  await execa('openssl', args)
}
