import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One field of the published tables: since and before which server version it is there. */
interface TableField {
  readonly name: string
  readonly sample: string
  readonly from?: number
  readonly until?: number
}

export type Tables = Readonly<Record<string, readonly TableField[]>>

/** The tables of the eight messages whose fields depend on the server version. */
export function readTables(folder: string): Tables {
  return JSON.parse(readFileSync(join(folder, 'tws-fields.json'), 'utf8')) as Tables
}

/**
 * The other messages after their id, one letter a field: `v` version, `i` whole number, `n` number that must be there,
 * `u` number or not set, `b` flag, `s` text; a group in brackets follows its count.
 */
const LAYOUTS: Readonly<Record<string, string>> = {
  '1': 'viinni',
  '2': 'viin',
  '6': 'vssss',
  '8': 'vs',
  '9': 'vi',
  '15': 'vs',
  '17': 'issi(snnnnnni)',
  '19': 'vs',
  '20': 'vii(iissssssssssssss)',
  '45': 'viin',
  '46': 'viis',
  '49': 'vi',
  '50': 'viinnnnnni',
  '52': 'vi',
  '53': 'v',
  '54': 'vs',
  '55': 'vi',
  '57': 'vi',
  '58': 'vii',
  '62': 'v',
  '63': 'vissss',
  '64': 'vi',
  '71': 'visissssssssssnns',
  '72': 'vi',
  '73': 'visssss',
  '74': 'vi',
  '76': 'i',
  '77': 'ii(sss)',
  '78': 'i(ss)',
  '80': 'i(ssssi)',
  '81': 'insi',
  '82': 'ii(iss)',
  '85': 'i(ss)',
  '87': 'ib',
  '88': 'is',
  '89': 'ii(nn)',
  '90': 'iisnnnnnn',
  '93': 'ii(nn)',
  '94': 'iuuu',
  '95': 'iiuuuu',
  '96': 'ii(iinn)b',
  '97': 'ii(iinnnn)b',
  '98': 'ii(iinnss)b',
  '100': 'iii',
  '102': '',
  '106': 'isssi(sss)',
  '107': 'is',
}
const NAMED: Readonly<Record<string, string>> = {
  '3': 'ORDER_STATUS',
  '5': 'OPEN_ORDER',
  '7': 'PORTFOLIO_VALUE',
  '10': 'CONTRACT_DATA',
  '11': 'EXECUTION_DATA',
  '59': 'COMMISSION_REPORT',
  '61': 'POSITION',
  '101': 'COMPLETED_ORDER',
}
/** Sizes, which may be parts of a share, and prices that need no point. */
const FRACTIONS =
  /quantity|size|price|shares|cumqty|position|filled|remaining|minqty|amt|value|pnl|cost|commission|yield/i

/** Reads messages as a client does that trusts the published layouts alone, and says what does not fit. */
export class LayoutReader {
  readonly #tables: Tables
  readonly #serverVersion: number

  constructor(tables: Tables, serverVersion: number) {
    this.#tables = tables
    this.#serverVersion = serverVersion
  }

  /**
   * The fields by name, or by position where the layout names none.
   * @throws {Error} when a field is of the wrong kind, or one is missing or left over
   */
  read(message: readonly string[]): Record<string, string> {
    const [id = '', ...rest] = message
    const take = new Taker(rest, message)
    const fields = NAMED[id] === undefined ? this.#readPlain(id, take) : this.#readNamed(NAMED[id], take)
    if (take.left > 0) throw new Error(`${take.left} fields left over in ${JSON.stringify(message)}`)
    return fields
  }

  #readPlain(id: string, take: Taker): Record<string, string> {
    const fields: Record<string, string> = {}
    let layout = LAYOUTS[id]
    if (id === '4') layout = this.#serverVersion >= 166 ? 'viiss' : 'viis'
    // The group within the group, kinds of derivatives, is always empty here.
    if (id === '79') layout = this.#serverVersion >= 176 ? 'ii(issssiss)' : 'ii(issssi)'
    if (id === '99') layout = { '1': 'iiinniss', '2': 'iiinniss', '3': 'iiinnnni', '4': 'iiin' }[take.peek(1)]
    if (layout === undefined) throw new Error(`No layout of message ${id}`)
    const group = /^(.*)\((.*)\)(.*)$/.exec(layout)
    const [, before = layout, each = '', after = ''] = group ?? []
    let last = ''
    for (const kind of before) last = fields[take.count] = take.of(kind)
    for (let n = group === null ? 0 : Number(last); n > 0; n--) for (const kind of each) take.of(kind)
    for (const kind of after) fields[take.count] = take.of(kind)
    return fields
  }

  #readNamed(table: string, take: Taker): Record<string, string> {
    const fields: Record<string, string> = {}
    const sv = this.#serverVersion
    // Below 164 contracts have a version, and sizes instead of rules of sizes.
    const old = table === 'CONTRACT_DATA' && sv < 164
    if (old) take.of('v')
    for (const { name, sample, from = 0, until = Infinity } of this.#tables[table]!.slice(1)) {
      if (sv < from || sv >= until) continue
      if (name.startsWith('dn.') && fields['deltaNeutralOrderType'] === '') continue
      if (name.startsWith('secId.') && fields['secIdListCount'] === '0') continue
      if (old && (name === 'minSize' || name === 'sizeIncrement')) continue
      if (old && name === 'suggestedSizeIncrement' && sv < 163) continue
      fields[name] = take.of(kindOf(name, sample))
      if (old && name === 'minTick') take.of('n')
      readGroup(name, fields, take)
    }
    return fields
  }
}

/** What follows a field when it says so. */
function readGroup(name: string, fields: Record<string, string>, take: Taker): void {
  const value = fields[name]!
  const several = (n: number): void => {
    for (; n > 0; n--) take.of('s')
  }
  if (name === 'algoStrategy' && value !== '') several(2 * Number(take.of('i')))
  if (name === 'hedgeType' && value !== '') several(1)
  if (name === 'scalePriceIncrement' && Number(value) > 0 && Number(value) < 1e300) several(7)
  if (name === 'deltaNeutralContract?' && value === '1') several(3)
  if (name !== 'conditionsCount' || value === '0') return
  for (let n = Number(value); n > 0; n--) {
    const type = take.of('i')
    several(1 + { '1': 5, '3': 2, '4': 2, '5': 3, '6': 4, '7': 4 }[type]!)
  }
  take.of('b')
  take.of('b')
}

/** Clients of the field read what is always whole with `int`, which a point or a letter breaks. */
function kindOf(name: string, sample: string): string {
  if (sample === '' || !/^-?[\d.E]+$/.test(sample)) return 's'
  if (sample.includes('.') || FRACTIONS.test(name)) return 'u'
  return 'w'
}

class Taker {
  readonly #fields: readonly string[]
  readonly #message: readonly string[]
  count: number = 0

  constructor(fields: readonly string[], message: readonly string[]) {
    this.#fields = fields
    this.#message = message
  }

  get left(): number {
    return this.#fields.length - this.count
  }

  peek(ahead: number): string {
    return this.#fields[this.count + ahead] ?? ''
  }

  of(kind: string): string {
    const text = this.#fields[this.count++]
    if (text === undefined) throw new Error(`A field is missing at the end of ${JSON.stringify(this.#message)}`)
    if (!KINDS[kind]!.test(text))
      throw new Error(`Field ${this.count} is no ${kind}: "${text}" in ${JSON.stringify(this.#message)}`)
    return text
  }
}

const NUMBER = String.raw`-?(\d+\.?\d*|\.\d+)(E-?\d+)?`
const KINDS: Readonly<Record<string, RegExp>> = {
  v: /^\d+$/,
  i: /^-?\d+$/,
  n: new RegExp(`^${NUMBER}$`),
  u: new RegExp(`^(${NUMBER})?$`),
  /** Whole, or not set. */
  w: /^(-?\d+)?$/,
  b: /^[01]$/,
  // oxlint-disable-next-line no-control-regex -- ASCII alone, all else is escaped
  s: /^[\u0000-\u007f]*$/,
}
