/** Why a load failed, as U-Boot says it; what to do about it; and whether another try may find it otherwise. */
interface KnownFailure {
  says: RegExp
  sentence: (words: string) => string
  retryable: boolean
}

/** By what is said, most telling first. U-Boot: net/tftp.c, net/net.c, net/arp.c, net/bootp.c, fs/fs.c, drivers/mmc/mmc.c. */
const known: KnownFailure[] = [
  {
    says: /trying to overwrite reserved memory|Reading file would overwrite reserved memory/,
    sentence: () =>
      'it ran into memory that U-Boot keeps for itself or for firmware; give its class other load addresses, or flash a smaller file',
    retryable: false,
  },
  {
    says: /TFTP error: '(?<words>[^']*)' \(\d+\)/,
    sentence: (words) =>
      `the TFTP server refused it ("${words}"); check that it serves the folder that files are put in`,
    retryable: true,
  },
  {
    says: /ARP Retry count exceeded/,
    sentence: () => 'nobody has the address of its server (ARP); check the network, and the server in the lab file',
    retryable: true,
  },
  {
    says: /BOOTP Retry|Retry time exceeded/i,
    sentence: () => 'no DHCP server gave the board an address; check the network and the DHCP server',
    retryable: true,
  },
  {
    says: /Retry count exceeded/,
    sentence: () => 'the server does not answer; check that it runs and that the network lets the board reach it',
    retryable: true,
  },
  {
    says: /(?<words>\*\*\* ERROR: `\w+' (?:address )?not set|No ethernet found\.?|Could not initialize PHY \S+|\S+ Waiting for PHY[^\n]*TIMEOUT[^\n]*|ping failed[^\n]*)/,
    sentence: (words) => `the board has no network (${words}); check the cable, and the lab file's commands for it`,
    retryable: true,
  },
  {
    says: /(?<words>Card did not respond to voltage select[^\n]*|\*\* Bad device [^\n]*|no mmc device at slot [^\n]*|mmc_init: -\d+[^\n]*|MMC: no card present|\*\* (?:Unrecognized filesystem type|No partition table|Invalid partition)[^\n]*|Couldn't find partition [^\n]*)/,
    sentence: (words) => `the board cannot read its medium (${words}); check that the mux is on the board's side`,
    retryable: true,
  },
  {
    says: /(?<words>\*\* (?:File not found|Unable to read file)[^\n]*|Failed to load '[^']*')/,
    sentence: (words) => `the file is not on the board's medium (${words})`,
    retryable: true,
  },
  {
    says: /Unknown command '(?<words>[^']*)'/,
    sentence: (words) => `this board's U-Boot has no command ${words}; choose another way to flash it`,
    retryable: false,
  },
]

/**
 * Why a load failed, in words that follow "because".
 * @param output what U-Boot said between the command's echo and its code
 */
export function whyLoadFailed(output: string): { why: string; retryable: boolean } | undefined {
  for (const { says, sentence, retryable } of known) {
    const match = says.exec(output)
    if (match) return { why: sentence(match.groups?.['words'] ?? ''), retryable }
  }
  return undefined
}
