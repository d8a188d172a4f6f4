/** The files of a neuron that writes down each value that it was started with, and finds nothing. */
export function stubNeuron(startsFile: string, name = 'Stub'): Readonly<Record<string, string>> {
  const definition = {
    ...{
      name,
      version: '1.0',
      author: 'a test',
      url: '',
      license: 'Apache-2.0',
      description: 'says what it saw',
    },
    ...{ dataTypeList: ['ip', 'domain'], command: `${name}/stub.sh`, config: { service: 'look' } },
  }
  const script = `#!/bin/sh
sed -n 's/.*"data": *"\\([^"]*\\)".*/\\1/p' "$1/input/input.json" >> '${startsFile}'
printf '%s' '${JSON.stringify(output)}' > "$1/output/output.json"
`
  return { [`neurons/${name}/stub.json`]: JSON.stringify(definition), [`neurons/${name}/stub.sh`]: script }
}

const output = {
  success: true,
  summary: { taxonomies: [{ level: 'info', namespace: 'Stub', predicate: 'Seen', value: 'yes' }] },
  artifacts: [],
  operations: [],
  full: { seen: true },
}
