import type { Answer, Route } from '../../../adapters/http/route.ts'
import about from '../../../package.json' with { type: 'json' }
import type { Producer } from '../../../runtime/producer.ts'
import type { JsonObject } from '../json-object.ts'
import { takeCommand } from './command.ts'
import { type Intake, type IntakeOptions, intakeOf } from './intake.ts'
import { type GateOptions, keyGate } from './key-gate.ts'
import { type ApiKey, mayCommand, maySendFor } from './keys.ts'
import { problem, sourceForbidden } from './problem.ts'
import { takeRedrive } from './redrive.ts'
import { takeAlert } from './take-alert.ts'
import { takeAny, takeBulk } from './take-any.ts'
import { answerV0, answerV1, type Created } from './thehive-answer.ts'

export type ApiOptions = GateOptions & IntakeOptions

export function routesOf(options: ApiOptions, producer: Producer): readonly Route[] {
  const gate = keyGate(options)
  const intake = intakeOf(options, producer, gate.charge)

  const creating = (path: string, answer: (created: Created) => JsonObject): Route => ({
    method: 'POST',
    path,
    open: head => gate.withKey(head, key => body => takeAlert(intake, key, head, body, answer)),
  })

  const taking = (
    path: string,
    take: (intake: Intake, key: ApiKey, source: string, body: Buffer) => Promise<Answer>,
  ): Route => ({
    method: 'POST',
    path,
    open: head =>
      gate.withKey(head, key => {
        const source = head.params.source ?? ''
        if (!sourceName.test(source)) {
          return problem(400, 'The name of a source is up to 64 letters, digits, ".", "_" or "-"')
        }
        return maySendFor(key, source) ? body => take(intake, key, source, body) : sourceForbidden(key, source)
      }),
  })

  return [
    creating('/api/alert', answerV0),
    creating('/api/v0/alert', answerV0),
    creating('/api/v1/alert', answerV1),
    { method: 'GET', path: '/api/status', open: () => status },
    taking('/v1/alerts/:source', takeAny),
    taking('/v1/alerts/:source/_bulk', takeBulk),
    {
      method: 'POST',
      path: '/v1/commands',
      open: head =>
        gate.withKey(head, key => {
          if (!mayCommand(key)) return problem(403, 'This key may send alerts, not command')
          const repeat = head.headers['idempotency-key']
          const idempotencyKey = repeat === undefined ? undefined : String(repeat)
          return body => intake.answered(() => takeCommand(producer, key, body, idempotencyKey, options.clock()))
        }),
    },
    {
      method: 'POST',
      path: '/v1/redrive',
      open: head =>
        gate.withKey(head, key => {
          if (!mayCommand(key)) return problem(403, 'This key may send alerts, not drive them again')
          return body => intake.answered(() => takeRedrive(producer, key, body, options.sealSecret))
        }),
    },
  ]
}

/** As in `sources.yaml`. */
const sourceName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** Clients of TheHive ask for it to find out which version they speak with; it is TheHive 4's law that holds here. */
const status: Answer = {
  status: 200,
  body: { versions: { TheHive: '4.1.24', Vigia: about.version }, connectors: {}, config: { capabilities: [] } },
}
