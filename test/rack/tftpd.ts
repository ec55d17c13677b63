/** Where boards that are in one network with `withTftpd` find the server; slirp takes 10.0.2.2 for itself. */
export const tftpdAddress = '10.9.0.1'

/**
 * The words that run a command beside a real TFTP server (tftpd-hpa) in a network of their own, in which port 69 is free for
 * anybody; both end together.
 * @param through how this user gets such a network, see `ownNetwork`
 * @param folder what the server serves
 */
export function withTftpd(through: string[], folder: string): string[] {
  const script = `
    ip link set lo up
    ip addr add ${tftpdAddress}/32 dev lo
    /usr/sbin/in.tftpd --foreground --address ${tftpdAddress}:69 --secure "$1" &
    shift
    exec "$@"
  `
  return [...through, 'sh', '-c', script, 'sh', folder]
}
