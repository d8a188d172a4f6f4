import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'

/** The environment variable that names the file; `main.ts --profile` sets it for its children. */
export const profileFile = 'VIGIA_BENCH_PROFILE'

export type Profiler = { start(): void; stop(): void }

/** Profiles this process between the two samples of the meter, so that no warm-up and no reading back is in it. */
export function profiler(env: NodeJS.ProcessEnv = process.env): Profiler {
  const file = env[profileFile]
  const session = new Session()
  return {
    start() {
      if (file === undefined) return
      session.connect()
      session.post('Profiler.enable')
      session.post('Profiler.setSamplingInterval', { interval: 200 })
      session.post('Profiler.start')
    },
    stop() {
      if (file === undefined) return
      session.post('Profiler.stop', (error, result) => {
        if (error === null) writeFileSync(file, JSON.stringify(result.profile))
        session.disconnect()
      })
    },
  }
}
