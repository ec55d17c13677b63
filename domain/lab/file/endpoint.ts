/** @returns address and port of a text that the schema has found to be `ADDRESS:PORT`; undefined for any other */
export function endpointOf(text: string): { address: string; port: number } | undefined {
  const { address, port } = /^\[?(?<address>.+?)\]?:(?<port>\d+)$/.exec(text)?.groups ?? {}
  return address === undefined ? undefined : { address, port: Number(port) }
}
