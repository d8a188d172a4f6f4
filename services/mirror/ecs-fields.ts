/** The fields of ECS 8 and 9 that the mirror's documents may have, by the name of the schema (elastic.co/docs/reference/ecs). */
const fields: ReadonlySet<string> = new Set([
  ...['@timestamp', 'message', 'tags', 'ecs.version'],
  ...of('event', 'id kind category type action module dataset created ingested severity reason outcome url'),
  ...of('error', 'code message'),
  ...of('rule', 'id name reference'),
  ...of('related', 'ip hash hosts user'),
  ...of('source', 'ip'),
  ...of('destination', 'ip'),
  ...of('host', 'name'),
  ...of('user', 'name'),
  ...of('url', 'full'),
  ...of('file', 'name'),
  ...of('file.hash', 'md5 sha1 sha256 sha384 sha512'),
  ...of('threat', 'framework feed.name tactic.id technique.id technique.subtechnique.id'),
  ...of('threat.indicator', 'id type name ip provider description marking.tlp email.address registry.path as.number'),
  ...of('threat.indicator', 'url.full url.domain file.name'),
  ...of('threat.indicator.file.hash', 'md5 sha1 sha256 sha384 sha512'),
])

/** Whether ECS has such a field; what is ours is under `vigia`. */
export function isEcs(path: string): boolean {
  return fields.has(path) || path.startsWith('vigia.')
}

function of(parent: string, names: string): string[] {
  return names.split(' ').map(name => `${parent}.${name}`)
}
