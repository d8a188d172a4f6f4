import type { Item } from '../measure/item.ts'
import { figuresOf } from '../service/usage.ts'
import { measureChain } from './measure-chain.ts'

const perSecond = 1000

export const item: Item = {
  name: 'chain',
  what: `five services as processes, ${perSecond} alerts/s on a schedule fixed in advance (one in fifty through the HTTP intake), 200 domains, 20 % repeats, no analyzer enabled; time from when an alert was due to when its case event is read (afterAck: from its acknowledgement); broker and sender on the same machine`,
  limitSeconds: 240,
  async run({ brokers, registry, prefix, quick }) {
    const { figures, loads } = await measureChain({
      ...{ brokers: brokers.join(','), registry, prefix, perSecond },
      ...{ warmUpSeconds: quick ? 5 : 30, seconds: quick ? 5 : 30, httpOneIn: 10 },
    })
    return { ...figures, ...figuresOf(loads) }
  },
}
