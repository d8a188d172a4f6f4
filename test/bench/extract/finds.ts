import { extractIOC } from 'ioc-extractor'
import { extractFromText } from '../../../core/observable/extract.ts'
import { normalise } from '../../../core/observable/normalise.ts'
import { splitUrl } from '../../../core/observable/url.ts'
import type { Entry } from './corpus.ts'

/** What one side makes of a text: `type value`, each once; the types that both know. */
export type Finder = (text: string) => ReadonlySet<string>

const known: ReadonlySet<string> = new Set('ip domain url mail hash cve mac autonomous-system btc ssdeep'.split(' '))

/** Of ours, without what is marked as likely a file: that is kept, but joins nothing and goes nowhere. */
export const ours: Finder = text =>
  new Set(
    extractFromText(text)
      .filter(each => !each.isFileLike)
      .flatMap(keyOf),
  )

/** How many of our finds are marked as likely a file. */
export function markedIn(text: string): number {
  return extractFromText(text).filter(each => each.isFileLike).length
}

export const theirs: Finder = text => {
  const found = extractIOC(text)
  return new Set([
    ...[...found.ipv4s, ...found.ipv6s].flatMap(value => written('ip', value)),
    ...found.domains.flatMap(value => written('domain', value)),
    ...found.urls.flatMap(value => written('url', value)),
    ...found.emails.flatMap(value => written('mail', value)),
    ...[...found.md5s, ...found.sha1s, ...found.sha256s, ...found.sha512s].flatMap(value => written('hash', value)),
    ...found.cves.flatMap(value => written('cve', value)),
    ...found.macAddresses.flatMap(value => written('mac', value)),
    ...found.asns.flatMap(value => written('autonomous-system', value)),
    ...found.btcs.flatMap(value => written('btc', value)),
    ...found.ssdeeps.flatMap(value => written('ssdeep', value)),
  ])
}

export type Score = {
  readonly planted: number
  readonly hit: number
  readonly false: number /** The first misses and false finds. */
  readonly examples: readonly string[]
}

/** Recall and false finds over a corpus. The host of a planted URL or mail is in the text, so finding it is neither. */
export function score(entries: readonly Entry[], find: Finder): Score {
  let hit = 0
  let planted = 0
  const wrong: string[] = []
  const missed: string[] = []
  for (const entry of entries) {
    const found = find(entry.text)
    const wanted = new Set(entry.planted.flatMap(({ type, value }) => written(type, value)))
    const implied = new Set(entry.planted.flatMap(({ type, value }) => hostsOf(type, value)))
    planted += wanted.size
    for (const key of wanted) {
      if (found.has(key)) hit++
      else missed.push(`missed ${key} in ${entry.text}`)
    }
    for (const key of found) if (!wanted.has(key) && !implied.has(key)) wrong.push(`${key} in ${entry.text}`)
  }
  return { planted, hit, false: wrong.length, examples: [...missed.slice(0, 20), ...wrong.slice(0, 20)] }
}

/** In normal form where it has one, so that spellings are not counted; as it was found where it has none. */
function written(type: string, value: string): string[] {
  const normal = normalise(type, value)
  return normal === undefined ? [`${type} ${value}`] : keyOf(normal)
}

function keyOf({ type, value }: { readonly type: string; readonly value: string }): string[] {
  const name = type === 'fqdn' ? 'domain' : type
  return known.has(name) ? [`${name} ${value}`] : []
}

function hostsOf(type: string, value: string): string[] {
  if (type === 'mail') return written('domain', value.slice(value.indexOf('@') + 1))
  const host = type === 'url' ? splitUrl(value)?.host : undefined
  if (host === undefined) return []
  return normalise('ip', host) === undefined ? written('domain', host) : written('ip', host)
}
