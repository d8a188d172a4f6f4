const hives: ReadonlyMap<string, string> = new Map([
  ['HKLM', 'HKEY_LOCAL_MACHINE'],
  ['HKCU', 'HKEY_CURRENT_USER'],
  ['HKCR', 'HKEY_CLASSES_ROOT'],
  ['HKU', 'HKEY_USERS'],
  ['HKCC', 'HKEY_CURRENT_CONFIG'],
  ['HKPD', 'HKEY_PERFORMANCE_DATA'],
])
const longNames: ReadonlySet<string> = new Set(hives.values())

/**
 * One spelling of a registry key: the hive by its long name, the rest in small letters, as Windows tells no case apart;
 * single backslashes, none at the end. `HKLM:\` (PowerShell), `\REGISTRY\MACHINE\` (the kernel) and `Computer\HKLM\`
 * (regedit) are the same. A key without a hive stays one.
 */
export function registryKey(text: string): string {
  const plain = text
    .replace(/[\\/]{1,64}/g, '\\')
    .replace(/(?<![\\\s])[\\\s]+$/, '')
    .replace(/^\\?REGISTRY\\MACHINE(?=\\|$)/i, 'HKLM')
    .replace(/^\\?REGISTRY\\USER(?=\\|$)/i, 'HKU')
    .replace(/^(?:Computer\\|Registry::)+(?=HK)/i, '')
  const end = plain.indexOf('\\')
  const first = (end === -1 ? plain : plain.slice(0, end)).replace(/:$/, '').toUpperCase()
  const hive = hiveOf(first)
  const rest = hive === undefined ? plain : end === -1 ? '' : plain.slice(end)
  return `${hive ?? ''}${rest.toLowerCase()}`
}

/** The long name of a hive in capitals, long or short. */
export function hiveOf(name: string): string | undefined {
  return longNames.has(name) ? name : hives.get(name)
}
