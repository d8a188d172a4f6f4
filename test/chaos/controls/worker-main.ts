/** A worker whose take-over is wrong on purpose. Started by the zombie runner for the negative controls. */
import { runWorker, specOf } from '../zombie/worker-process.ts'
import { faults, memberWith } from './member.ts'

const spec = specOf(process.argv)
const fault = faults.find(one => one === spec.fault)
if (!fault) throw new Error(`no such fault: ${spec.fault}`)
await runWorker(spec, memberWith(fault))
