import { isObject, type JsonObject } from '../json-object.ts'

/**
 * `data.win` of Wazuh with the values of `eventdata` as Windows has them: Wazuh writes each backslash twice and quotes
 * behind one. Reference 7.6.
 */
export function readableEvent(win: JsonObject): JsonObject {
  if (!isObject(win.eventdata)) return win
  const entries = Object.entries(win.eventdata).map(([name, value]) => [
    name,
    typeof value === 'string' && isDoubled(value) ? value.replaceAll(/\\([\\"])/g, '$1') : value,
  ])
  return { ...win, eventdata: Object.fromEntries(entries) }
}

/** No backslash stands alone, so that `C:\Windows` of a sender that does not double them stays what it is. */
function isDoubled(value: string): boolean {
  if (!value.includes('\\')) return false
  for (let at = value.indexOf('\\'); at !== -1; at = value.indexOf('\\', at + 2)) {
    const next = value.charAt(at + 1)
    if (next !== '\\' && next !== '"') return false
  }
  return true
}
