import { isObject } from './json-object.ts'
import { type Part, partsOf } from './parts.ts'

/**
 * Takes the parts of a raw record out of it again, so that one can be sent alone: as bytes that hold that part and no
 * other. A record of one part is given as it is. Undefined where there is no such part, or it cannot stand alone.
 */
export function partTaker(value: Buffer): (part: number) => Buffer | undefined {
  const parts = partsOf(value)
  const raw = rawParts(value)
  return part => {
    const wanted = parts[part]
    if (wanted === undefined) return undefined
    if (parts.length === 1) return value
    return candidates(wanted, raw[part])
      .map(text => Buffer.from(text))
      .find(bytes => isAlone(bytes, wanted))
  }
}

/** As it was written, else as it was read; an array that is itself a part needs one more around it. */
function candidates({ body }: Part, raw: string | undefined): readonly string[] {
  const texts = [raw, body === undefined ? undefined : JSON.stringify(body)].filter(text => text !== undefined)
  return texts.flatMap(text => [text, `[${text}]`])
}

function isAlone(bytes: Buffer, wanted: Part): boolean {
  const [found, ...more] = partsOf(bytes)
  if (found === undefined || more.length > 0) return false
  if (found.body === undefined || wanted.body === undefined)
    return found.body === wanted.body && sameCode(found, wanted)
  return JSON.stringify(found.body) === JSON.stringify(wanted.body)
}

function sameCode(left: Part, right: Part): boolean {
  return left.body === undefined && right.body === undefined && left.code === right.code
}

/** Elements of an array or of `alerts`, or lines. */
function rawParts(value: Buffer): readonly string[] {
  const text = value.toString('utf8').replace(/^\ufeff/, '')
  const elements = elementsOf(text)
  return elements?.map(each => JSON.stringify(each)) ?? text.split('\n').filter(line => line.trim() !== '')
}

function elementsOf(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (Array.isArray(value)) return value
    return isObject(value) && Array.isArray(value.alerts) ? value.alerts : undefined
  } catch {
    return undefined
  }
}
