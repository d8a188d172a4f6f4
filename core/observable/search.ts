import { type Normal, normalise } from './normalise.ts'

export type Found = Normal & {
  readonly start: number
  readonly end: number
  /** A domain by its shape that is as likely the name of a file. */
  readonly isFileLike?: true
}

/** The text that is searched, and what was found in it so far. */
export type Search = {
  readonly text: string
  readonly wasDefanged: (start: number, end: number) => boolean
  readonly found: Found[]
}

/** Adds what the text holds there, if it is of the type. */
export function add({ text, found }: Search, type: string, start: number, end: number): boolean {
  const normal = normalise(type, text.slice(start, end))
  if (normal === undefined) return false
  found.push({ ...normal, start, end })
  return true
}
