import { enableCompileCache } from 'node:module'

/**
 * Preloaded (`node --import`) by what starts a service: the types are stripped once and not at each start, which takes half the
 * time, and the compiler that strips them, 20 MB of it, is then not loaded at all. In Node's own folder for it, below the temporary one.
 */
enableCompileCache()
