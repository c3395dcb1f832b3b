/** Messages of a gateway of version 193, field by field; what a test does not give is as a paper account had it. */
type Field = string | number

const MAXD = '1.7976931348623157E308'
const MAXI = '2147483647'

export interface ReportedOrder {
  readonly orderId: number
  readonly action?: string
  readonly quantity?: number
  readonly type?: string
  readonly limit?: number
  readonly aux?: number
  readonly tif?: string
  readonly ocaGroup?: string
  readonly account?: string
  readonly ref?: string
  readonly clientId?: number
  readonly permId?: number
  readonly parentId?: number
  readonly status?: string
  readonly whatIf?: boolean
  readonly symbol?: string
  /** Before, change and after of initial margin, then equity with loan before. */
  readonly margins?: readonly [before: number, change: number, equity: number]
}

const contract = (symbol: string, right: string): Field[] => [
  265598,
  symbol,
  'STK',
  '',
  right === '?' ? '0' : '0.0',
  right,
  '',
  'SMART',
  'USD',
  symbol,
  'NMS',
]

export function openOrder(o: ReportedOrder): Field[] {
  const [before, change, equity] = o.margins ?? [MAXD, MAXD, MAXD]
  return [
    [5, o.orderId, ...contract(o.symbol ?? 'AAPL', '?')],
    [o.action ?? 'BUY', o.quantity ?? 100, o.type ?? 'LMT', o.limit ?? 0, o.aux ?? '0.0', o.tif ?? 'DAY'],
    [o.ocaGroup ?? '', o.account ?? 'DU1234567', '', 0, o.ref ?? '', o.clientId ?? 7, o.permId ?? 1000 + o.orderId],
    [0, 0, 0, '', '1518189976.0/DU1/100', '', '', '', '', '', '', '', '', 0, '', -1, 0, '', '', '', '', ''],
    [MAXI, 0, 0, 0, '', 3, 0, 0, '', o.parentId ?? 0, 0, '', 0, 'None', '', 0, '', '', '', '?', 0, 0, ''],
    [0, 0, '', '', '', '', '', 0, 0, 0, MAXI, MAXI, '', '', 0, '', 'IB', 0, 0, '', 0, o.whatIf === true ? 1 : 0],
    [o.status ?? 'Submitted', before, MAXD, equity, change, MAXD, MAXD, MAXD, MAXD, MAXD],
    ['', '', '', '', '', 0, 0, 0, 'None', MAXD, MAXD, MAXD, MAXD, MAXD, MAXD, 0, '', '', '', 0, 1, 0, 0, 0],
    ['', '', 0, '', 100, '0.02', '', '', '', 0, '', 0, '', ''],
  ].flat()
}

export function orderStatus(
  id: number,
  status: string,
  own: { readonly filled?: number; readonly left?: number; readonly whyHeld?: string; readonly clientId?: number } = {},
): Field[] {
  const { filled = 0, left = 100, whyHeld = '', clientId = 7 } = own
  return [3, id, status, filled, left, 0, 1000 + id, 0, 0, clientId, whyHeld, 0]
}

export interface ReportedExecution {
  readonly requestId?: Field
  readonly orderId: number
  readonly execId: string
  readonly shares: number
  readonly price: number
  readonly ref?: string
  readonly side?: string
  readonly time?: string
  readonly account?: string
  readonly clientId?: number
}

export function execDetails(e: ReportedExecution): Field[] {
  return [
    [11, e.requestId ?? -1, e.orderId, ...contract('AAPL', '')],
    [e.execId, e.time ?? '20261119 10:00:01 US/Eastern', e.account ?? 'DU1234567', 'IEX', e.side ?? 'BOT'],
    [e.shares, e.price, 1000 + e.orderId, e.clientId ?? 7, 0, e.shares, e.price, e.ref ?? '', '', '', '', 2, 0],
  ].flat()
}

export function commission(execId: string, amount: Field, currency = 'USD'): Field[] {
  return [59, 1, execId, amount, currency, MAXD, MAXD, '']
}

export function completedOrder(o: ReportedOrder & { readonly filled?: number; readonly detail?: string }): Field[] {
  return [
    [101, ...contract(o.symbol ?? 'AAPL', '?')],
    [o.action ?? 'BUY', o.quantity ?? 100, o.type ?? 'LMT', o.limit ?? 0, '0.0', o.tif ?? 'DAY', '', 'DU1234567'],
    ['', 0, o.ref ?? '', o.permId ?? 1000 + o.orderId, 0, 0, 0, '', '', '', '', '', '', 0, '', '', 0, '', -1, ''],
    ['', '', '', '', MAXI, 0, 0, '', 3, 0, '', 0, 'None', '', 0, 0, 0, '', 0, 0, '', '', '', 0, 0, 0, MAXI, MAXI],
    ['', '', '', 'IB', 0, 0, '', 0, o.status ?? 'Cancelled', 0, 0, 0, MAXD, MAXD, 0, 1, 0, ''],
    [o.filled ?? 0, MAXI, 0, 'Not an insider or substantial shareholder', 0, 0, 0, '20261119 10:00:05 US/Eastern'],
    [o.detail ?? 'Cancelled by Trader', '', '', '', '', '', '', 0],
  ].flat()
}

export function contractData(
  requestId: Field,
  symbol: string,
  own: { readonly hours?: string; readonly conId?: number } = {},
): Field[] {
  const hours = own.hours ?? '20261119:0930-20261119:1600;20261120:0930-20261120:1600'
  return [
    [10, requestId, symbol, 'STK', '', '', 0, '', 'SMART', 'USD', symbol, 'NMS', 'NMS', own.conId ?? 265598, '0.01'],
    ['', 'LMT,MKT,STP', 'SMART,NASDAQ', 1, 0, `${symbol} INC`, 'NASDAQ', '', 'Technology', 'Computers', 'Computers'],
    ['US/Eastern', hours, hours, '', '', 0, 1, '', '', '26,26', '', 'COMMON', '0.0001', '0.0001', 100, 0],
  ].flat()
}

export function position(
  quantity: number,
  averageCost: number,
  own: { readonly account?: string; readonly symbol?: string } = {},
): Field[] {
  const symbol = own.symbol ?? 'AAPL'
  return [61, 3, own.account ?? 'DU1234567', ...contract(symbol, '').toSpliced(7, 1, 'NASDAQ'), quantity, averageCost]
}

/** The parts of a `placeOrder` that tests look at. */
export function placed(
  fields: readonly string[],
): Record<
  | 'id'
  | 'conId'
  | 'symbol'
  | 'action'
  | 'quantity'
  | 'type'
  | 'limit'
  | 'aux'
  | 'tif'
  | 'oca'
  | 'account'
  | 'ref'
  | 'transmit'
  | 'parent',
  string
> {
  const at = (i: number): string => fields[i] ?? ''
  return {
    id: at(1),
    conId: at(2),
    symbol: at(3),
    action: at(16),
    quantity: at(17),
    type: at(18),
    limit: at(19),
    aux: at(20),
    tif: at(21),
    oca: at(22),
    account: at(23),
    ref: at(26),
    transmit: at(27),
    parent: at(28),
  }
}
