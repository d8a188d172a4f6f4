import { isCode, type Sources } from './source.ts'

/** How files are named and what may not stand in them: one sentence for each that misbehaves. */
export function mannersOf(sources: Sources): readonly string[] {
  return [...sources].flatMap(([file, text]) => laws.flatMap(law => law(file, text) ?? []))
}

type Law = (file: string, text: string) => string | undefined

const mostLines = 400
const drawers = /^(utils?|helpers?|common|shared|misc)$/
const vendors = /misp|cortex|thehive|elastalert|suricata|telegram/i

/** Tools that want a default export. */
const isConfiguration = (file: string) => /\.config\.ts$/.test(file) || file.startsWith('test/setup/')

const laws: readonly Law[] = [
  (file, text) => {
    const lines = text.split('\n').length - 1
    if (!isCode(file) || lines < mostLines || file.startsWith('schemas/generated/')) return undefined
    return `${file}: ${lines} lines, at most ${mostLines - 1}`
  },
  file => {
    const drawer = file.split(/[/.-]/).find(word => drawers.test(word))
    return drawer === undefined ? undefined : `${file}: "${drawer}" says nothing of what is in it`
  },
  (file, text) =>
    isCode(file) && /^\s*export\s*\*/m.test(text) ? `${file}: export * hides what a file gives` : undefined,
  (file, text) => {
    if (!isCode(file) || isConfiguration(file) || !/^\s*export\s+default\b/m.test(text)) return undefined
    return `${file}: a default export has no name`
  },
  (file, text) => {
    const vendor = file.startsWith('runtime/') ? vendors.exec(text)?.[0] : undefined
    return vendor === undefined ? undefined : `${file}: "${vendor}" is a vendor's name, and runtime knows none`
  },
]
