import type { Notifier, NotifyTarget } from './notifier.ts'
import { telegram } from './telegram.ts'
import { webhook } from './webhook.ts'

/** One notifier for all configured targets: each notice goes to the one that it names, and to no other. */
export function notifierFor(targets: readonly NotifyTarget[], timeoutMs = 10_000): Notifier {
  const byName = new Map(targets.map(each => [each.name, { type: each.type, ...toward(each, timeoutMs) }]))
  return {
    async send(notice, signal) {
      const found = byName.get(notice.target)
      if (found === undefined) return { result: 'failed', says: `no target ${notice.target} is configured any more` }
      if (found.type !== notice.type) {
        return { result: 'failed', says: `the target ${notice.target} is ${found.type} now, not ${notice.type}` }
      }
      return found.send(notice, signal)
    },
  }
}

function toward(target: NotifyTarget, timeoutMs: number): Notifier {
  return target.type === 'notify.webhook' ? webhook(target, timeoutMs) : telegram(target, timeoutMs)
}
