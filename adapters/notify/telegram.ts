import { z } from 'zod'
import type { Notifier, Sent, TelegramTarget } from './notifier.ts'
import { type Answer, post, sentFor } from './transport.ts'

/** https://core.telegram.org/bots/api#making-requests: every answer is `{ok, description?, result?}`. */
const reply = z.object({ ok: z.boolean(), description: z.string().optional() })

/** sendMessage takes 1 to 4096 characters. */
const longestText = 4096

/**
 * Sends a message through a Telegram bot, as plain text (no parse mode: nothing in an alert becomes a link or markup).
 * The Bot API has no idempotency key, so an unknown outcome stays one. The token is part of the URL, which is therefore
 * told to nobody.
 */
export function telegram(target: TelegramTarget, timeoutMs = 10_000): Notifier {
  return {
    async send(notice, signal) {
      const url = `${target.url.replace(/\/$/, '')}/bot${target.token}/sendMessage`
      const body = { chat_id: target.chat, text: notice.text.slice(0, longestText) }
      const answer = await post({ url, headers: {}, body, timeoutMs, signal })
      const sent = 'result' in answer ? answer : understood(answer)
      return { ...sent, says: sent.says.replaceAll(target.token, '***') }
    },
  }
}

function understood(answer: Answer): Sent {
  const sent = sentFor(answer.status)
  const read = reply.safeParse(jsonOf(answer.text))
  if (!read.success) {
    return sent.result === 'done' ? { result: 'unknown', says: 'the answer is not one of the Bot API' } : sent
  }
  if (sent.result === 'done' && !read.data.ok) return { result: 'failed', says: read.data.description ?? 'ok: false' }
  const { description } = read.data
  return description === undefined ? sent : { ...sent, says: `${sent.says}: ${description.slice(0, 300)}` }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
