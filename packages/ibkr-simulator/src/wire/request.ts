import { type ContractQuery, readContract, skipLegs } from './contract-query.ts'
import { FieldCursor, RequestError } from './field-cursor.ts'
import { type PlaceOrder, readPlaceOrder } from './place-order.ts'

/** A request of a client, as read from the wire. */
export type Request =
  | { readonly kind: 'startApi'; readonly clientId: number }
  | { readonly kind: PlainKind | 'globalCancel' }
  | { readonly kind: 'serverLogLevel'; readonly level: number }
  | { readonly kind: 'marketDataType'; readonly type: number }
  | { readonly kind: 'autoOpenOrders'; readonly bind: boolean }
  | { readonly kind: 'completedOrders'; readonly apiOnly: boolean }
  | { readonly kind: 'marketRule'; readonly ruleId: number }
  | { readonly kind: 'contractDetails'; readonly reqId: number; readonly contract: ContractQuery }
  | { readonly kind: 'matchingSymbols'; readonly reqId: number; readonly pattern: string }
  | { readonly kind: 'optionParameters'; readonly reqId: number; readonly symbol: string; readonly conId: number }
  | HistoricalRequest
  | HistoricalTicksRequest
  | MarketDataRequest
  | {
      readonly kind: 'headTimestamp'
      readonly reqId: number
      readonly contract: ContractQuery
      readonly useRth: boolean
      readonly whatToShow: string
      readonly formatDate: number
    }
  | { readonly kind: 'histogram'; readonly reqId: number; readonly contract: ContractQuery; readonly period: string }
  | {
      readonly kind: 'tickByTick'
      readonly reqId: number
      readonly contract: ContractQuery
      readonly tickType: string
      readonly numberOfTicks: number
      readonly ignoreSize: boolean
    }
  | {
      readonly kind: 'realTimeBars'
      readonly reqId: number
      readonly contract: ContractQuery
      readonly whatToShow: string
      readonly useRth: boolean
    }
  | { readonly kind: 'marketDepth'; readonly reqId: number; readonly contract: ContractQuery; readonly rows: number }
  | PlaceOrder
  | { readonly kind: 'cancelOrder'; readonly orderId: number }
  | {
      readonly kind: 'executions'
      readonly reqId: number
      readonly clientId: number
      readonly account: string
      readonly since: string
      readonly symbol: string
      readonly secType: string
      readonly exchange: string
      readonly side: string
    }
  | { readonly kind: 'positionsMulti'; readonly reqId: number; readonly account: string; readonly model: string }
  | {
      readonly kind: 'accountSummary'
      readonly reqId: number
      readonly group: string
      readonly tags: readonly string[]
    }
  | { readonly kind: 'accountUpdates'; readonly subscribe: boolean; readonly account: string }
  | {
      readonly kind: 'accountUpdatesMulti'
      readonly reqId: number
      readonly account: string
      readonly model: string
      readonly ledgerAndNlv: boolean
    }
  | { readonly kind: 'pnl'; readonly reqId: number; readonly account: string }
  | { readonly kind: 'pnlSingle'; readonly reqId: number; readonly account: string; readonly conId: number }
  | { readonly kind: CancelKind | AnsweredByRefusal; readonly reqId: number }

interface HistoricalRequest {
  readonly kind: 'historicalData'
  readonly reqId: number
  readonly contract: ContractQuery
  readonly endDateTime: string
  readonly barSize: string
  readonly duration: string
  readonly useRth: boolean
  readonly whatToShow: string
  readonly formatDate: number
  readonly keepUpToDate: boolean
}

interface HistoricalTicksRequest {
  readonly kind: 'historicalTicks'
  readonly reqId: number
  readonly contract: ContractQuery
  readonly start: string
  readonly end: string
  readonly count: number
  readonly whatToShow: string
  readonly useRth: boolean
}

interface MarketDataRequest {
  readonly kind: 'marketData'
  readonly reqId: number
  readonly contract: ContractQuery
  readonly genericTicks: string
  readonly snapshot: boolean
  readonly regulatorySnapshot: boolean
}

/** Requests without any content. */
type PlainKind =
  | 'currentTime'
  | 'managedAccounts'
  | 'positions'
  | 'cancelPositions'
  | 'openOrders'
  | 'allOpenOrders'
  | 'familyCodes'
  | 'depthExchanges'
  | 'newsProviders'
  | 'scannerParameters'
  | 'newsBulletins'
  | 'cancelNewsBulletins'
  | 'ids'

type CancelKind =
  | 'cancelHistoricalData'
  | 'cancelHeadTimestamp'
  | 'cancelHistogram'
  | 'cancelMarketData'
  | 'cancelTickByTick'
  | 'cancelRealTimeBars'
  | 'cancelMarketDepth'
  | 'cancelPositionsMulti'
  | 'cancelAccountSummary'
  | 'cancelAccountUpdatesMulti'
  | 'cancelPnl'
  | 'cancelPnlSingle'

/** Read only as far as their id: TWS features that this gateway answers with a refusal or an empty list. */
type AnsweredByRefusal =
  | 'softDollarTiers'
  | 'smartComponents'
  | 'newsArticle'
  | 'historicalNews'
  | 'fundamentalData'
  | 'cancelFundamentalData'
  | 'scanner'
  | 'cancelScanner'
  | 'optionCalculation'
  | 'exerciseOptions'
  | 'displayGroups'
  | 'wsh'
  | 'userInfo'
  | 'advisors'
  | 'cancelUnserved'

type Reader = (r: FieldCursor, serverVersion: number) => Request

const plain =
  (kind: PlainKind, fields = 1): Reader =>
  (r) => {
    for (let i = 0; i < fields; i++) r.skip()
    return { kind }
  }

/** A request of nothing but an id, behind a version field where the protocol has one. */
const byId =
  (kind: CancelKind | AnsweredByRefusal, version: boolean, more = 0): Reader =>
  (r) => {
    if (version) r.skip()
    const reqId = r.id()
    for (let i = 0; i < more; i++) r.skip()
    return { kind, reqId }
  }

/** Fields that this gateway does not use are taken as they come. */
const refused =
  (kind: AnsweredByRefusal, version: boolean): Reader =>
  (r) => {
    if (version) r.skip()
    const reqId = r.left > 0 ? r.int(-1) : -1
    while (r.left > 0) r.skip()
    return { kind, reqId }
  }

const READERS: Readonly<Record<string, Reader>> = {
  '71': (r) => {
    r.skip()
    const clientId = r.id()
    if (r.left > 0) r.skip() // optional capabilities
    return { kind: 'startApi', clientId }
  },
  '49': plain('currentTime'),
  '8': plain('ids', 2),
  '17': plain('managedAccounts'),
  '61': plain('positions'),
  '64': plain('cancelPositions'),
  '5': plain('openOrders'),
  '16': plain('allOpenOrders'),
  '80': plain('familyCodes', 0),
  '82': plain('depthExchanges', 0),
  '85': plain('newsProviders', 0),
  '24': plain('scannerParameters'),
  '12': plain('newsBulletins', 2),
  '13': plain('cancelNewsBulletins'),
  '14': (r) => {
    r.skip()
    return { kind: 'serverLogLevel', level: r.int() }
  },
  '59': (r) => {
    r.skip()
    return { kind: 'marketDataType', type: r.int() }
  },
  '15': (r) => {
    r.skip()
    return { kind: 'autoOpenOrders', bind: r.bool() }
  },
  '99': (r) => ({ kind: 'completedOrders', apiOnly: r.bool() }),
  '91': (r) => ({ kind: 'marketRule', ruleId: r.int() }),
  '9': (r, sv) => {
    r.skip()
    const reqId = r.id()
    const contract = readContract(r)
    r.skip() // include expired
    r.skip() // id type
    r.skip() // id
    if (sv >= 176) r.skip() // issuer
    return { kind: 'contractDetails', reqId, contract }
  },
  '81': (r) => ({ kind: 'matchingSymbols', reqId: r.id(), pattern: r.text() }),
  '78': (r) => {
    const reqId = r.id()
    const symbol = r.text()
    r.skip() // exchange of futures options
    r.skip() // kind of underlying
    return { kind: 'optionParameters', reqId, symbol, conId: r.int() }
  },
  '20': readHistorical,
  '25': byId('cancelHistoricalData', true),
  '87': (r) => {
    const reqId = r.id()
    const contract = readContract(r)
    r.skip() // include expired
    return {
      kind: 'headTimestamp',
      reqId,
      contract,
      useRth: r.bool(),
      whatToShow: r.text(),
      formatDate: r.int(1),
    }
  },
  '90': byId('cancelHeadTimestamp', false),
  '88': (r) => {
    const reqId = r.id()
    const contract = readContract(r)
    r.skip() // include expired
    r.skip() // regular hours
    return { kind: 'histogram', reqId, contract, period: r.text() }
  },
  '89': byId('cancelHistogram', false),
  '96': (r) => {
    const reqId = r.id()
    const contract = readContract(r)
    r.skip() // include expired
    const request = {
      kind: 'historicalTicks' as const,
      reqId,
      contract,
      start: r.text(),
      end: r.text(),
      count: r.int(),
      whatToShow: r.text(),
      useRth: r.bool(),
    }
    r.skip() // ignore size
    r.skip() // options
    return request
  },
  '1': readMarketData,
  '2': byId('cancelMarketData', true),
  '97': (r) => ({
    kind: 'tickByTick',
    reqId: r.id(),
    contract: readContract(r),
    tickType: r.text(),
    numberOfTicks: r.int(),
    ignoreSize: r.bool(),
  }),
  '98': byId('cancelTickByTick', false),
  '50': (r) => {
    r.skip()
    const reqId = r.id()
    const contract = readContract(r)
    r.skip() // bar size, always 5
    const request = { kind: 'realTimeBars' as const, reqId, contract, whatToShow: r.text(), useRth: r.bool() }
    r.skip() // options
    return request
  },
  '51': byId('cancelRealTimeBars', true),
  '10': (r) => {
    r.skip()
    const reqId = r.id()
    const contract = readContract(r)
    const rows = r.int()
    r.skip() // smart depth
    r.skip() // options
    return { kind: 'marketDepth', reqId, contract, rows }
  },
  '11': byId('cancelMarketDepth', true, 1),
  '3': readPlaceOrder,
  '4': (r, sv) => {
    if (sv < 192) r.skip()
    const orderId = r.id()
    if (sv >= 169) r.skip() // manual cancel time
    if (sv >= 187 && sv <= 189) for (let i = 0; i < 3; i++) r.skip()
    if (sv >= 192) for (let i = 0; i < 2; i++) r.skip()
    return { kind: 'cancelOrder', orderId }
  },
  '58': (r, sv) => {
    for (let i = 0; i < (sv >= 192 ? 2 : 1); i++) r.skip()
    return { kind: 'globalCancel' }
  },
  '7': (r) => {
    r.skip()
    return {
      kind: 'executions',
      reqId: r.id(),
      clientId: r.int(),
      account: r.text(),
      since: r.text(),
      symbol: r.text(),
      secType: r.text(),
      exchange: r.text(),
      side: r.text(),
    }
  },
  '74': (r) => {
    r.skip()
    return { kind: 'positionsMulti', reqId: r.id(), account: r.text(), model: r.text() }
  },
  '75': byId('cancelPositionsMulti', true),
  '62': (r) => {
    r.skip()
    const reqId = r.id()
    const group = r.text()
    const tags = r
      .text()
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== '')
    return { kind: 'accountSummary', reqId, group, tags }
  },
  '63': byId('cancelAccountSummary', true),
  '6': (r) => {
    r.skip()
    return { kind: 'accountUpdates', subscribe: r.bool(), account: r.text() }
  },
  '76': (r) => {
    r.skip()
    return {
      kind: 'accountUpdatesMulti',
      reqId: r.id(),
      account: r.text(),
      model: r.text(),
      ledgerAndNlv: r.bool(),
    }
  },
  '77': byId('cancelAccountUpdatesMulti', true),
  '92': (r) => {
    const request = { kind: 'pnl' as const, reqId: r.id(), account: r.text() }
    r.skip() // model
    return request
  },
  '93': byId('cancelPnl', false),
  '94': (r) => {
    const reqId = r.id()
    const account = r.text()
    r.skip() // model
    return { kind: 'pnlSingle', reqId, account, conId: r.int() }
  },
  '95': byId('cancelPnlSingle', false),
  '79': refused('softDollarTiers', false),
  '83': refused('smartComponents', false),
  '84': refused('newsArticle', false),
  '86': refused('historicalNews', false),
  '52': refused('fundamentalData', true),
  '53': refused('cancelFundamentalData', true),
  '22': refused('scanner', false),
  '23': refused('cancelScanner', true),
  '54': refused('optionCalculation', true),
  '55': refused('optionCalculation', true),
  '56': refused('cancelUnserved', true),
  '57': refused('cancelUnserved', true),
  '21': refused('exerciseOptions', true),
  '67': refused('displayGroups', true),
  '68': refused('displayGroups', true),
  '69': refused('displayGroups', true),
  '70': refused('cancelUnserved', true),
  '100': refused('wsh', false),
  '101': refused('cancelUnserved', false),
  '102': refused('wsh', false),
  '103': refused('cancelUnserved', false),
  '104': refused('userInfo', false),
  '18': (r) => {
    r.skip()
    r.skip() // kind of data; there is no id
    return { kind: 'advisors', reqId: -1 }
  },
  '19': (r) => {
    for (let i = 0; i < 3; i++) r.skip() // version, kind of data, data
    return { kind: 'advisors', reqId: r.int(-1) }
  },
}

function readHistorical(r: FieldCursor): HistoricalRequest {
  const reqId = r.id()
  const contract = readContract(r)
  r.skip() // include expired
  const endDateTime = r.text()
  const barSize = r.text()
  const duration = r.text()
  const useRth = r.bool()
  const whatToShow = r.text()
  const formatDate = r.int(1)
  if (contract.secType === 'BAG') skipLegs(r, 4)
  const keepUpToDate = r.bool()
  r.skip() // chart options
  return {
    kind: 'historicalData',
    reqId,
    contract,
    endDateTime,
    barSize,
    duration,
    useRth,
    whatToShow,
    formatDate,
    keepUpToDate,
  }
}

function readMarketData(r: FieldCursor): MarketDataRequest {
  r.skip()
  const reqId = r.id()
  const contract = readContract(r)
  if (contract.secType === 'BAG') skipLegs(r, 4)
  if (r.bool()) for (let i = 0; i < 3; i++) r.skip() // delta-neutral contract
  const request = {
    kind: 'marketData' as const,
    reqId,
    contract,
    genericTicks: r.text(),
    snapshot: r.bool(),
    regulatorySnapshot: r.bool(),
  }
  r.skip() // options
  return request
}

/** What a frame says, and how well it fits its layout. */
export interface ReadRequest {
  readonly request: Request
  /** Fields that the layout has and the frame has not; they read as not set. */
  readonly missing: number
  /** Fields after the last one of the layout. */
  readonly left: number
}

/**
 * Reads one request at a server version.
 * @throws {RequestError} 320 when it is unknown or cannot be read; an order must fit its layout to the field
 */
export function readRequest(fields: readonly string[], serverVersion: number): ReadRequest {
  const id = fields[0] ?? ''
  const reader = Object.hasOwn(READERS, id) ? READERS[id] : undefined
  if (reader === undefined)
    throw new RequestError(320, `Error reading request. Unknown message id "${id.slice(0, 20)}".`)
  const cursor = new FieldCursor(fields, 1)
  const request = reader(cursor, serverVersion)
  if (request.kind === 'placeOrder' && (cursor.missing > 0 || cursor.left > 0))
    throw new RequestError(
      320,
      `Error reading request. Expected ${fields.length + cursor.missing - cursor.left} fields of an order at server ` +
        `version ${serverVersion}, found ${fields.length}.`,
    )
  return { request, missing: cursor.missing, left: cursor.left }
}

const listed = (ids: string): readonly string[] => ids.split(' ')
/** Where a request has its id; those that are not here have none. */
const ID_PLACES: ReadonlyMap<string, number> = new Map([
  ...listed('3 20 22 78 79 81 83 84 86 87 88 89 90 92 93 94 95 96 97 98 100 101 102 103 104').map(
    (id) => [id, 1] as const,
  ),
  ...listed('1 2 7 9 10 11 21 23 25 50 51 52 53 54 55 56 57 62 63 67 68 69 70 74 75 76 77').map(
    (id) => [id, 2] as const,
  ),
  ['19', 4],
])

/** The id that an answer to an unreadable frame can name: that of its request where it has one, else −1. */
export function idOf(fields: readonly string[], serverVersion: number): number {
  const id = fields[0] ?? ''
  const place = id === '4' ? (serverVersion >= 192 ? 1 : 2) : ID_PLACES.get(id)
  const text = place === undefined ? '' : (fields[place] ?? '')
  const found = Number(text)
  return text !== '' && Number.isSafeInteger(found) ? found : -1
}
