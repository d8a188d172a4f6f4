import { setTimeout as pause } from 'node:timers/promises'
import * as z from 'zod'
import type { Chain } from '../../../cli/up/chain.ts'

const answered = z.object({ rawId: z.string() })
const againMs = 200

/**
 * Sends an alert through the HTTP intake and answers where it lies once the intake has acknowledged it (202). A 503 is sent
 * again until it is taken, as a sender does; its alert's time goes on.
 */
export async function postAlert(chain: Chain, body: Buffer<ArrayBuffer>): Promise<string> {
  for (;;) {
    const answer = await fetch(`${chain.api}/v1/alerts/thehive`, {
      method: 'POST',
      headers: { authorization: `Bearer ${chain.key}`, 'content-type': 'application/json' },
      body,
    })
    const said: unknown = await answer.json()
    if (answer.status === 202) return answered.parse(said).rawId
    if (answer.status !== 503) throw new Error(`the intake answered ${answer.status}`)
    await pause(againMs)
  }
}
