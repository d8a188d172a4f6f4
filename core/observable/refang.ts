import { splitUrl } from './url.ts'

/**
 * Brackets around `.`, `dot` and `at`, square ones around `:`, `://` and `@`. Whole runs of brackets are taken, so that
 * doing it twice changes nothing; the look-behind keeps it linear on texts of nothing but brackets.
 */
const fangs = /(?<![[({])[[({]+(\.|dot|at)[\])}]+|(?<!\[)\[+(:\/\/|[:@])\]+/gi

const words: Readonly<Record<string, string>> = { dot: '.', at: '@' }

type Refanged = {
  readonly text: string
  /** Where the character at this index stands in the text as it was. */
  readonly origin: (index: number) => number
}

/** `hxxps[:]//evil[.]com` as `https://evil.com`. Other spellings stay as they are: a wrong guess makes another value. */
export function refang(text: string): string {
  return refangWithOrigin(text).text
}

export function refangWithOrigin(text: string): Refanged {
  // Most texts have no bracket at all.
  if (!/[[({]/.test(text)) return { text: withoutX(text), origin: index => index }
  const parts: string[] = []
  const starts: { readonly at: number; readonly origin: number }[] = [{ at: 0, origin: 0 }]
  let length = 0
  let copied = 0
  for (const found of text.matchAll(fangs)) {
    const content = (found[1] ?? found[2] ?? '').toLowerCase()
    const meant = words[content] ?? content
    parts.push(text.slice(copied, found.index), meant)
    starts.push({ at: length + found.index - copied, origin: found.index })
    length += found.index - copied + meant.length
    copied = found.index + found[0].length
    starts.push({ at: length, origin: copied })
  }
  parts.push(text.slice(copied))
  return {
    text: withoutX(parts.join('')),
    origin: index => originIn(starts, index),
  }
}

/** Of the same length, so no origin moves. */
function withoutX(text: string): string {
  return text.includes('://') ? text.replace(/\bhxxp(s?)(?=:\/\/)/gi, 'http$1') : text
}

/** What a person may read without clicking it. `refang` undoes it for every normalised value. */
export function defang(value: string, type: string): string {
  if (type === 'url') return defangUrl(value)
  if (type === 'mail') {
    const at = value.lastIndexOf('@')
    return at < 0 ? value : `${value.slice(0, at)}[@]${defangHost(value.slice(at + 1))}`
  }
  return ['ip', 'cidr', 'domain', 'fqdn', 'hostname'].includes(type) ? defangHost(value) : value
}

function defangUrl(url: string): string {
  const parts = splitUrl(url)
  if (parts === undefined) return url
  const { scheme, userinfo, host, port, rest } = parts
  const bare = host.startsWith('[') ? host : host.replaceAll('.', '[.]')
  return `${scheme.replace(/^http/, 'hxxp')}://${userinfo && `${userinfo}@`}${bare}${port && `:${port}`}${rest}`
}

function defangHost(host: string): string {
  return host.startsWith('[') ? host : host.replaceAll(/[.:]/g, '[$&]')
}

function originIn(starts: readonly { readonly at: number; readonly origin: number }[], index: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle]?.at ?? 0) <= index) low = middle
    else high = middle - 1
  }
  const { at = 0, origin = 0 } = starts[low] ?? {}
  return origin + index - at
}
