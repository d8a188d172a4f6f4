import type { Fault } from '../run/world.ts'
import { broker } from './broker.ts'
import { cut } from './cut.ts'
import { delay } from './delay.ts'
import { disk } from './disk.ts'
import { endTxn } from './endtxn.ts'
import { kill } from './kill.ts'
import { leaders } from './leaders.ts'
import { poison } from './poison.ts'
import { registry } from './registry.ts'
import { scale } from './scale.ts'
import { stop } from './stop.ts'

/** Every fault, in the order that they are done alone. */
export const allFaults: readonly Fault[] = [
  kill,
  poison,
  endTxn,
  stop,
  cut,
  delay,
  registry,
  scale,
  broker,
  disk,
  leaders,
]
