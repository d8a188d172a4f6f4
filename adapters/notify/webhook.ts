import type { Notifier, WebhookTarget } from './notifier.ts'
import { post, sentFor } from './transport.ts'

/**
 * POSTs `{actionId, text, case}` with the action id as `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header).
 * `text` is what Slack's and Mattermost's incoming webhooks show, so that both work as they are.
 */
export function webhook(target: WebhookTarget, timeoutMs = 10_000): Notifier {
  return {
    async send(notice, signal) {
      const headers: Record<string, string> = { 'Idempotency-Key': notice.actionId }
      if (target.token !== null) headers.Authorization = `Bearer ${target.token}`
      const body = { actionId: notice.actionId, text: notice.text, case: notice.caseNumber }
      const answer = await post({ url: target.url, headers, body, timeoutMs, signal })
      return 'result' in answer ? answer : sentFor(answer.status)
    },
  }
}
