import { z } from 'zod'
import { parseYamlFile, type YamlFile } from '../../core/yaml-file.ts'

const level = z.enum(['info', 'safe', 'suspicious', 'malicious'])
const scalar = z.union([z.string(), z.number(), z.boolean()])
const reference = z.union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })])
const single = z.union([scalar, reference])
const setting = z.union([single, z.array(single)], {
  error: 'expected text, a number, true, false, {env: NAME}, {file: path}, or a list of these',
})

const fileSchema = z.strictObject({
  analyzers: z.array(
    z.strictObject({
      use: z.string().min(1),
      egress: z.enum(['none', 'passive', 'active']),
      maxTlp: z.enum(['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED']).optional(),
      config: z.record(z.string(), setting).optional(),
      timeout: z.number().positive().max(3600).optional(),
      dataTypes: z.array(z.string().min(1)).min(1).optional(),
      verdict: z
        .strictObject({
          info: level.optional(),
          safe: level.optional(),
          suspicious: level.optional(),
          malicious: level.optional(),
        })
        .optional(),
      parallel: z.number().int().min(1).max(64).optional(),
    }),
  ),
})

/** analyzers.yaml as it is written; see README.md. `timeout` is in seconds. */
export type AnalyzersFile = z.infer<typeof fileSchema>
export type AnalyzerEntry = AnalyzersFile['analyzers'][number]
export type ConfigValue = z.infer<typeof single>

export function parseAnalyzersFile(file: string, text: string): YamlFile<AnalyzersFile> {
  return parseYamlFile(file, text, fileSchema)
}
