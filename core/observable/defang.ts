import { splitUrl } from './url.ts'

/** How dots, colons and at signs are written so that nothing makes a link of them. */
const styles = {
  brackets: { dot: '[.]', colon: '[:]', at: '[@]' },
  parentheses: { dot: '(.)', colon: '[:]', at: '(at)' },
  braces: { dot: '{.}', colon: '[:]', at: '{at}' },
  words: { dot: '[dot]', colon: '[:]', at: '[at]' },
  half: { dot: '[.', colon: '[:]', at: '[@]' },
  backslash: { dot: '\\.', colon: '[:]', at: '[@]' },
  spaced: { dot: ' [.] ', colon: '[:]', at: ' [at] ' },
} as const

export type DefangStyle = keyof typeof styles
export const defangStyles = Object.keys(styles) as readonly DefangStyle[]

/** What a person may read without clicking it. `refang` undoes it for every normalised value, in every style. */
export function defang(value: string, type: string, style: DefangStyle = 'brackets'): string {
  if (type === 'url') return defangUrl(value, style)
  if (type === 'mail') {
    const at = value.lastIndexOf('@')
    return at < 0 ? value : `${value.slice(0, at)}${styles[style].at}${defangHost(value.slice(at + 1), style)}`
  }
  return ['ip', 'cidr', 'domain', 'fqdn', 'hostname'].includes(type) ? defangHost(value, style) : value
}

function defangUrl(url: string, style: DefangStyle): string {
  const parts = splitUrl(url)
  if (parts === undefined) return url
  const { scheme, userinfo, host, port, rest } = parts
  const bare = host.startsWith('[') ? host : host.replaceAll('.', styles[style].dot)
  return `${scheme.replace(/^http/, 'hxxp')}://${userinfo && `${userinfo}@`}${bare}${port && `:${port}`}${rest}`
}

function defangHost(host: string, style: DefangStyle): string {
  if (host.startsWith('[')) return host
  return host.replaceAll('.', styles[style].dot).replaceAll(':', styles[style].colon)
}
