export { expectPinned, type PinnedOutcome } from './expect-pinned.ts'
export { repository } from './repository.ts'
export { realDaily } from './real-daily.ts'
