import { type Fang, fangsIn } from './fangs.ts'
import { schemeFangs, spokenFangs, withPlainSchemes } from './spoken-fangs.ts'

type Refanged = {
  readonly text: string
  /** Where the character at this index stands in the text as it was. */
  readonly origin: (index: number) => number
}

/** Each pass may bring out what another covers, as `[[.].]` does; what is not plain after these is meant otherwise. */
const mostPasses = 4

/** `hxxps[:]//evil[.]com` as `https://evil.com`. Other spellings stay as they are: a wrong guess makes another value. */
export function refang(text: string): string {
  return refangWithOrigin(text).text
}

/** The rules are those of contract section 8.1, as far as they need no guess. Linear in the length of the text. */
export function refangWithOrigin(text: string): Refanged {
  let now: Refanged = { text, origin: same }
  for (let pass = 0; pass < mostPasses; pass++) {
    const next = once(now)
    if (next.text === now.text) break
    now = next
  }
  return now
}

function once(from: Refanged): Refanged {
  const { fangs, hasSpacedDot, hasSchemeEnd } = fangsIn(from.text)
  const bare = replaced(from, fangs)
  const spoken = replaced(bare, spokenFangs(bare.text, hasSpacedDot))
  const written = hasSchemeEnd ? replaced(spoken, schemeFangs(spoken.text)) : spoken
  const text = withPlainSchemes(written.text)
  // Of the same length, so no origin moves.
  return text === written.text ? written : { text, origin: written.origin }
}

function same(index: number): number {
  return index
}

function replaced(from: Refanged, fangs: readonly Fang[]): Refanged {
  if (fangs.length === 0) return from
  const parts: string[] = []
  const starts: Start[] = [{ at: 0, origin: 0 }]
  let length = 0
  let copied = 0
  for (const { start, end, meant } of fangs) {
    parts.push(from.text.slice(copied, start), meant)
    length += start - copied
    starts.push({ at: length, origin: start }, { at: length + meant.length, origin: end })
    length += meant.length
    copied = end
  }
  parts.push(from.text.slice(copied))
  return { text: parts.join(''), origin: index => from.origin(originIn(starts, index)) }
}

type Start = { readonly at: number; readonly origin: number }

function originIn(starts: readonly Start[], index: number): number {
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
