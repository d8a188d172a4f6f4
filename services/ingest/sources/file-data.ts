/** A file inside a JSON field, as thehive4py 1 writes it: `name;mime;base64`. Contract TheHive 1.5. */
export type FileData = {
  /** Without folders: senders give their whole local path. */
  readonly name: string
  readonly contentType: string
  /** Empty for an empty file. */
  readonly base64: string
}

/** `undefined` where the text is no such file. A name may hold `;`, so it is read from its end. */
export function fileDataOf(data: string): FileData | undefined {
  const last = data.lastIndexOf(';')
  const before = data.lastIndexOf(';', last - 1)
  if (last <= 0 || before < 0) return undefined
  return {
    name: baseName(data.slice(0, before)),
    contentType: data.slice(before + 1, last).trim(),
    base64: data.slice(last + 1).trim(),
  }
}

/** The last name of a path of Windows or Unix, without what no name should hold. */
export function baseName(path: string): string {
  const base = path.replace(/[\\/]+$/, '').replace(/^.*[\\/]/s, '')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is taken out
  return base.replace(/[\u0000-\u001f\u007f]/g, '').slice(0, 255)
}
