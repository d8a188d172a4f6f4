import { loadService } from '../doctor/load-service.ts'
import { environmentOfChain } from '../run-file.ts'
import { serviceNames } from '../up/chain.ts'
import { shippedConfig } from '../up/defaults.ts'
import { UsageError, type Verb } from '../verb.ts'

/** Reads the settings and files of services from the environment, as they would at their start; exits 1 on a problem. */
export const config: Verb = {
  name: 'config',
  usage: 'check [SERVICE...]',
  summary: 'the settings and files of services, without connecting to anything',
  words: Number.POSITIVE_INFINITY,
  async run([what, ...names], flags, io) {
    if (what !== 'check') throw new UsageError('say check')
    const services = names.map(name => {
      const service = serviceNames.find(each => each === name)
      if (service === undefined) throw new UsageError(`SERVICE is one of ${serviceNames.join(', ')}, not ${name}`)
      return service
    })
    const loaded = await Promise.all(
      (services.length === 0 ? serviceNames : services).map(each =>
        loadService(each, environmentOfChain(io.env, shippedConfig)),
      ),
    )
    if (flags.json === true) io.out(JSON.stringify({ services: loaded }))
    else {
      for (const { service, said, problems } of loaded) {
        io.out(
          `${problems.length === 0 ? 'ok   ' : 'wrong'}  ${service}${said.length === 0 ? '' : `: ${said.join('; ')}`}`,
        )
        for (const problem of problems) io.out(`         ${problem}`)
      }
    }
    return loaded.every(each => each.problems.length === 0) ? 0 : 1
  },
}
