import { fixMutations } from './fixes.ts'
import { lossMutations } from './losses.ts'
import type { Mutation } from './mutation.ts'
import { reignMutations } from './reigns.ts'
import { ruleMutations } from './rules.ts'

export const mutations: readonly Mutation[] = [...fixMutations, ...ruleMutations, ...reignMutations, ...lossMutations]
