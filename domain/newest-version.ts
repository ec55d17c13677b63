/**
 * Compares two versions of Debian packages as dpkg does (deb-version(7)): epoch, upstream version, revision; `~` comes
 * before everything, even the end.
 * @returns below 0 when the first is older, above 0 when it is newer
 */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [partsOf(one), partsOf(other)]
  return a.epoch - b.epoch || comparePart(a.upstream, b.upstream) || comparePart(a.revision, b.revision)
}

/** Git tags of releases as versions: `v6.19-rc3` comes before `v6.19`. */
export function compareTags(one: string, other: string): number {
  const version = (tag: string) => tag.replace(/^\D*(?=\d)/, '').replace(/-?(rc|alpha|beta|pre)(?=\d)/, '~$1')
  return comparePart(version(one), version(other)) || comparePart(one, other)
}

/** The newest of those that a pattern fits, in which `*` stands for any text; undefined where it fits none. */
export function newestOf(
  candidates: readonly string[],
  pattern: string,
  compare: (one: string, other: string) => number,
): string | undefined {
  const fits = new RegExp(`^${pattern.split('*').map(escape).join('.*')}$`)
  return candidates
    .filter((candidate) => fits.test(candidate))
    .toSorted(compare)
    .at(-1)
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}

function partsOf(version: string): { epoch: number; upstream: string; revision: string } {
  const [, epoch = '0', rest = ''] = /^(?:(\d+):)?(.*)$/.exec(version) ?? []
  const dash = rest.lastIndexOf('-')
  return {
    epoch: Number(epoch),
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? '' : rest.slice(dash + 1),
  }
}

/** Text and numbers by turns, from the left. */
function comparePart(one: string, other: string): number {
  const [a, b] = [one, other].map((part) => part.match(/\D+|\d+/g) ?? [])
  // Each begins with a text, which may be empty.
  const [left, right] = [a!, b!].map((words) => (/^\d/.test(words[0] ?? '') ? ['', ...words] : words))
  for (let index = 0; index < Math.max(left!.length, right!.length); index++) {
    const [word = '', against = ''] = [left![index], right![index]]
    const difference = index % 2 === 0 ? compareText(word, against) : compareNumber(word, against)
    if (difference !== 0) return difference
  }
  return 0
}

function compareNumber(one: string, other: string): number {
  const difference = BigInt(one || '0') - BigInt(other || '0')
  return difference === 0n ? 0 : difference < 0n ? -1 : 1
}

/** `~` before the end, the end before letters, letters before all else. */
function compareText(one: string, other: string): number {
  for (let index = 0; index < Math.max(one.length, other.length); index++) {
    const difference = weight(one[index]) - weight(other[index])
    if (difference !== 0) return difference
  }
  return 0
}

function weight(character: string | undefined): number {
  if (character === undefined) return 0
  if (character === '~') return -1
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256
}
