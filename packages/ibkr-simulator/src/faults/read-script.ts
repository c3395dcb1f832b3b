import { didYouMean, InputError } from '@onetape/core'
import type { Fault, FaultScript, ScriptedFault } from './fault.ts'

/** The fields of each fault: `!` must be there. */
const FIELDS: Readonly<Record<Fault['kind'], string>> = {
  drop: 'how clientId refuseMs',
  'half-open': 'clientId',
  'mute-handshake': 'ms!',
  'stall-reads': 'ms! clientId',
  'stall-writes': 'ms! clientId',
  'broker-link': 'ms! data repeatMs',
  farm: 'farm ms! dead',
  'id-roll-back': 'by!',
  'client-id-in-use': 'ms! clientId',
  callbacks: 'what! of probability ms count',
  'correct-execution': 'execId price shares',
  reject: 'on code text symbol advancedReject count',
  'twin-modify': '',
  'manual-order': 'symbol! action! quantity! limit',
  'locate-hold': 'symbol! ms!',
  'partial-fills': 'shares!',
  'slow-cancels': 'ms!',
  'pacing-violation': 'count',
  restart: 'ms!',
  'weekly-authentication': 'ms!',
  'competing-session': 'ms!',
  notice: 'id code! text!',
  raw: 'hex! clientId',
}
const NUMBERS = new Set(
  'quantity limit clientId refuseMs ms repeatMs by probability count price shares code id'.split(' '),
)
/** The least of each number; all others may be negative. */
const LEAST: Readonly<Record<string, number>> = {
  quantity: 1,
  limit: 0,
  clientId: 0,
  refuseMs: 0,
  ms: 0,
  repeatMs: 1,
  by: 0,
  probability: 0,
  count: 1,
  price: 0,
  shares: 0,
}
/** `09:45` or `Sun 01:00`. */
const CLOCK = /^((Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?([01]\d|2[0-3]):[0-5]\d$/
const TEXTS = new Set('farm execId text symbol advancedReject hex'.split(' '))
const CALLBACKS = new Set('openOrder orderStatus execution commission position data'.split(' '))
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  how: ['fin', 'rst'],
  data: ['lost', 'maintained'],
  what: ['duplicate', 'late', 'reorder', 'lose'],
  action: ['BUY', 'SELL'],
  on: ['place', 'modify', 'cancel'],
}

/**
 * A script of faults as a file holds it: `{ "faults": [{ "after": 5000, "fault": { "kind": "drop" } }], "random":
 * { "perMinute": 2, "of": [{ "kind": "farm", "ms": 3000 }] } }`.
 *
 * @param place the file, for messages
 * @throws {InputError} `simulator.faults`
 */
export function readFaultScript(text: string, place: string): FaultScript {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new InputError('simulator.faults', `Expected JSON, found ${(cause as Error).message}.`, { place, cause })
  }
  if (!isObject(json)) throw bad(place, 'an object with "faults" or "random"', json)
  for (const key of Object.keys(json))
    if (key !== 'faults' && key !== 'random') throw bad(place, 'only "faults" and "random"', key)
  const faults = json['faults'] ?? []
  if (!Array.isArray(faults)) throw bad(place, '"faults" to be a list', faults)
  const random = json['random']
  const script: FaultScript = { faults: faults.map((entry, i) => readEntry(entry, `${place}, fault ${i + 1}`)) }
  if (random === undefined) return script
  if (!isObject(random) || !(Number(random['perMinute']) > 0) || !Array.isArray(random['of']))
    throw bad(place, '"random" with "perMinute" > 0 and a list "of"', random)
  const of = random['of'].map((fault, i) => readFault(fault, `${place}, random fault ${i + 1}`))
  return { ...script, random: { perMinute: Number(random['perMinute']), of } }
}

function readEntry(entry: unknown, place: string): ScriptedFault {
  if (!isObject(entry)) throw bad(place, 'an object', entry)
  const { after, at, every, fault } = entry as Record<string, unknown> & { fault?: unknown }
  for (const [name, value] of Object.entries({ after, every }))
    if (value !== undefined && !(typeof value === 'number' && value >= 0))
      throw bad(place, `"${name}" as milliseconds`, value)
  if (at !== undefined && !(typeof at === 'string' && CLOCK.test(at)))
    throw bad(place, '"at" as HH:MM of New York, behind Mon, Tue, … for one day of the week', at)
  if ((after === undefined) === (at === undefined)) throw bad(place, 'exactly one of "after" and "at"', entry)
  return {
    ...(after === undefined ? {} : { after: after as number }),
    ...(at === undefined ? {} : { at }),
    ...(every === undefined ? {} : { every: every as number }),
    fault: readFault(fault, place),
  }
}

function readFault(fault: unknown, place: string): Fault {
  if (!isObject(fault)) throw bad(place, 'a fault with a "kind"', fault)
  const kind = String(fault['kind'])
  const kinds = Object.keys(FIELDS)
  if (!kinds.includes(kind))
    throw new InputError('simulator.faults', `Expected a kind of fault, found "${kind}".`, {
      place,
      hint: didYouMean(kind, kinds),
    })
  const fields = FIELDS[kind as Fault['kind']].split(' ').filter((f) => f !== '')
  const names = fields.map((f) => f.replace('!', ''))
  for (const field of fields)
    if (field.endsWith('!') && fault[field.slice(0, -1)] === undefined)
      throw bad(place, `"${field.slice(0, -1)}" for ${kind}`, fault)
  for (const [name, value] of Object.entries(fault)) {
    if (name === 'kind') continue
    if (!names.includes(name)) throw bad(place, `only ${names.join(', ')} for ${kind}`, name)
    if (NUMBERS.has(name)) checkNumber(name, value, place)
    if (TEXTS.has(name) && typeof value !== 'string') throw bad(place, `a text for "${name}"`, value)
    if (name === 'dead' && typeof value !== 'boolean') throw bad(place, 'true or false for "dead"', value)
    if (name === 'hex' && !/^([\da-f]{2})+$/i.test(String(value))) throw bad(place, 'pairs of hex digits', value)
    if (name === 'of' && !(Array.isArray(value) && value.every((of) => CALLBACKS.has(String(of)))))
      throw bad(place, `"of" to be a list of ${[...CALLBACKS].join(', ')}`, value)
    const choices = CHOICES[name]
    if (choices !== undefined && !choices.includes(String(value)))
      throw bad(place, `"${name}" to be one of ${choices.join(', ')}`, value)
  }
  return fault as unknown as Fault
}

function checkNumber(name: string, value: unknown, place: string): void {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw bad(place, `a number for "${name}"`, value)
  const least = LEAST[name] ?? -Infinity
  if (value < least) throw bad(place, `at least ${least} for "${name}"`, value)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function bad(place: string, expected: string, found: unknown): InputError {
  return new InputError('simulator.faults', `Expected ${expected}, found ${JSON.stringify(found)}.`, { place })
}
