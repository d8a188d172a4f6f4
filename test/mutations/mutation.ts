/** Takes one fix or one rule out of the sources, by text. */
export type Mutation = {
  readonly name: string
  /** What is taken out. */
  readonly what: string
  readonly edits: readonly Edit[]
  /** Tests on a real broker of which at least one must fail: a file, and the beginning of a test's own title. */
  readonly tests: { readonly file: string; readonly title: string }
}

/** `find` must stand in the file exactly once. */
export type Edit = { readonly file: string; readonly find: string; readonly replace: string }

/** The text with one edit made; throws where the text to be replaced is not there once. */
export function edited(text: string, { file, find, replace }: Edit): string {
  const places = text.split(find).length - 1
  if (places !== 1) throw new Error(`${file} holds what is to be replaced ${places} times: ${find}`)
  return text.split(find).join(replace)
}
