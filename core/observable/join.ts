import type { Observable, ObservableType, Role } from './types.ts'

const joiningTypes: readonly ObservableType[] = ['ip', 'domain', 'fqdn', 'url', 'hash', 'mail']
const joiningRoles: readonly Role[] = ['source', 'target', 'indicator']

/**
 * Whether an observable may tie alerts together. Private, own and well-known values are kept but never join: they are
 * in everything. How often it was seen, and when, is case-builder's business.
 */
export function isJoinable(
  observable: Pick<Observable, 'type' | 'role' | 'flags'>,
): { readonly joins: true } | { readonly joins: false; readonly because: string } {
  const flag = observable.flags[0]
  if (flag !== undefined)
    return { joins: false, because: flag.startsWith('warninglist:') ? flag.replace(':', ' ') : flag }
  if (!joiningTypes.includes(observable.type)) return { joins: false, because: `the type ${observable.type}` }
  if (!joiningRoles.includes(observable.role)) return { joins: false, because: `the role ${observable.role}` }
  return { joins: true }
}
