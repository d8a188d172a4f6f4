import { formatIp, type IpAddress, parseIp } from './ip-address.ts'
import { splitUrl } from './url.ts'

export type Host = { readonly kind: 'ip'; readonly ip: IpAddress } | { readonly kind: 'name'; readonly name: string }

/** The host that a normalised value leads to: an address, or a lower-case name without port and user. */
export function hostOf(type: string, value: string): Host | undefined {
  switch (type) {
    case 'ip':
    case 'cidr':
      return hostNamed(value.replace(/\/\d+$/, ''), true)
    case 'domain':
    case 'fqdn':
    case 'hostname':
      return hostNamed(value)
    case 'mail':
      return hostNamed(value.slice(value.lastIndexOf('@') + 1))
    case 'url':
      return hostNamed((splitUrl(value)?.host ?? '').replace(/^\[(.*)\]$/, '$1'))
    default:
      return undefined
  }
}

export function hostText(host: Host): string {
  return host.kind === 'ip' ? formatIp(host.ip) : host.name
}

function hostNamed(text: string, onlyIp = false): Host | undefined {
  const ip = parseIp(text)
  if (ip !== undefined) return { kind: 'ip', ip }
  return text === '' || onlyIp ? undefined : { kind: 'name', name: text.toLowerCase() }
}
