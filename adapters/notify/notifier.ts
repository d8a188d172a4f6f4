/**
 * The port through which people are told something. Whoever implements it makes one attempt and says what is known of
 * it afterwards; it never repeats a call by itself, and never throws for what the receiver or the network does.
 */
export type Notifier = { send(notice: Notice, signal: AbortSignal): Promise<Sent> }

export type Notice = {
  /** The idempotency key: the same again for the same action, whoever sends it. */
  readonly actionId: string
  /** notify.webhook or notify.telegram */
  readonly type: string
  /** Name of the configured target. */
  readonly target: string
  /** Already redacted for the target. */
  readonly text: string
  readonly caseNumber: number
}

export type Sent = {
  /**
   * `done`: the receiver confirmed. `failed`: it was certainly not done. `unknown`: it may or may not have been done, so
   * it must not be done again.
   */
  readonly result: 'done' | 'failed' | 'unknown'
  /** For people; never holds a URL or a token, both of which may be secrets. */
  readonly says: string
}

export type WebhookTarget = {
  readonly type: 'notify.webhook'
  readonly name: string
  readonly url: string
  /** Sent as `Authorization: Bearer`. */
  readonly token: string | null
}

export type TelegramTarget = {
  readonly type: 'notify.telegram'
  readonly name: string
  /** The Bot API; another one than Telegram's own where it is self-hosted. */
  readonly url: string
  readonly chat: string
  readonly token: string
}

export type NotifyTarget = WebhookTarget | TelegramTarget
