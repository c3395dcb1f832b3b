import type { EpochMs } from '../units.ts'

/** The only way to the time of day outside of the engine. */
export interface IClock {
  now(): EpochMs
}
