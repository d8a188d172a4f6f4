import { afterEach, describe, expect, it } from 'vitest'
import { type CountingReceiver, countingReceiver } from '../../adapters/notify/counting-receiver.ts'
import { topics } from '../../schemas/catalogue.ts'
import { endOf, type Life, livesOf } from './action-lives.ts'
import { gaps, repeatedIds, valuesOf } from './evidence.ts'
import { sendWhile } from './flow.ts'
import { type Folder, folderWith } from './folder.ts'
import { type RealChain, startRealChain } from './real-chain.ts'
import { until } from './until.ts'

const playbook = `name: ask
mode: live
rules:
  - name: critical
    when: case.severity == 'critical'
    do: [{ action: notify.webhook, target: soc, approval: required }]
`

const alert = {
  ...{ type: 'siem', source: 'probe', sourceRef: 'r-1', title: 'an alert', description: 'd', severity: 4, tlp: 1 },
  artifacts: [{ dataType: 'ip', data: '203.0.113.7', tags: ['src'] }],
}

describe('approval-survives-restart', () => {
  let chain: RealChain | undefined
  let folder: Folder | undefined
  let receiver: CountingReceiver | undefined
  afterEach(async () => {
    await chain?.stop()
    await receiver?.close()
    await folder?.remove()
  })

  it('an action waits through a SIGKILL of responder; approved over HTTP it is done once', {
    timeout: 120_000,
  }, async () => {
    const webhooks = await countingReceiver()
    receiver = webhooks
    const files = await folderWith(() => ({
      'targets.yaml': `targets: [{ name: soc, type: notify.webhook, url: "${webhooks.url}/soc" }]\n`,
      'playbooks/ask.yaml': playbook,
    }))
    folder = files
    const running = await startRealChain({
      env: { VIGIA_TARGETS: `${files.path}/targets.yaml`, VIGIA_PLAYBOOKS: `${files.path}/playbooks` },
      instances: { 'analyzer-dispatcher': 0, 'misp-sync': 0 },
    })
    chain = running
    const theOne = async (state: string): Promise<Life | undefined> =>
      livesOf(await valuesOf(running, topics.responses)).find(life => endOf(life) === state)

    await sendWhile(running, [alert], [])
    const { action } = await until('action that awaits an approval', () => theOne('awaiting'))
    await running.kill('responder')
    expect(webhooks.calls).toEqual([])

    const answer = await running.command({ kind: 'approve', actionId: action.actionId, reason: 'seen' })
    expect(answer.status).toBe(202)
    const life = await until('action that is done', () => theOne('done'))
    expect(life.action.actionId).toBe(action.actionId)
    expect(life.kinds).toEqual(['planned', 'awaiting', 'approved', 'attempted', 'done'])

    // Nor does one more restart do it again: its outcome is recorded.
    await running.kill('responder')
    const again = await running.command({ kind: 'approve', actionId: action.actionId, reason: 'twice' })
    const { commandId } = (await again.json()) as { commandId: string }
    await until('answer to the second approval', async () =>
      (await valuesOf(running, topics.responses)).find(each => each.kind === 'noted' && each.causeId === commandId),
    )
    expect([...webhooks.counts()]).toEqual([[action.actionId, 1]])
    const approved = (await valuesOf(running, topics.responses)).flatMap(each =>
      each.kind === 'approved' ? [each] : [],
    )
    expect(approved.map(each => each.approved)).toEqual([{ by: 'first', reason: 'seen' }])
    expect(await repeatedIds(running)).toEqual([])
    expect(await gaps(running, topics.responses)).toEqual([])
  })
})
