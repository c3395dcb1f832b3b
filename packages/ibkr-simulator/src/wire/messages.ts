import { moneyText, numberText as num, UNSET_DOUBLE } from './number-text.ts'

/** The contract of a stock as answers name it. */
export interface WireContract {
  readonly conId: number
  readonly symbol: string
  readonly primaryExchange: string
  readonly currency: string
  readonly localSymbol: string
  readonly tradingClass: string
}

/** The messages of the server, one function each: fields without the frame, the id first. */
export const message = {
  nextValidId: (id: number): string[] => ['9', '1', String(id)],
  managedAccounts: (accounts: readonly string[]): string[] => ['15', '1', accounts.join(',')],
  currentTime: (seconds: number): string[] => ['49', '1', String(seconds)],
  error: (id: number, code: number, text: string, serverVersion: number, advancedReject = ''): string[] => [
    '4',
    '2',
    String(id),
    String(code),
    text,
    ...(serverVersion >= 166 ? [advancedReject] : []),
  ],
  contractDataEnd: (reqId: number): string[] => ['52', '1', String(reqId)],
  marketRule: (ruleId: number, steps: readonly (readonly [from: number, increment: number])[]): string[] => [
    '93',
    String(ruleId),
    String(steps.length),
    ...steps.flatMap(([from, increment]) => [num(from), num(increment)]),
  ],
  optionParametersEnd: (reqId: number): string[] => ['76', String(reqId)],
  headTimestamp: (reqId: number, time: string): string[] => ['88', String(reqId), time],
  histogram: (reqId: number, rows: readonly (readonly [price: number, count: number])[]): string[] => [
    '89',
    String(reqId),
    String(rows.length),
    ...rows.flatMap(([price, count]) => [num(price), num(count)]),
  ],
  tickPrice: (reqId: number, type: number, price: number, size: number, mask: number): string[] => [
    '1',
    '6',
    String(reqId),
    String(type),
    num(price),
    num(size),
    String(mask),
  ],
  tickSize: (reqId: number, type: number, size: number): string[] => ['2', '6', String(reqId), String(type), num(size)],
  tickGeneric: (reqId: number, type: number, value: number): string[] => [
    '45',
    '6',
    String(reqId),
    String(type),
    num(value),
  ],
  tickString: (reqId: number, type: number, value: string): string[] => ['46', '6', String(reqId), String(type), value],
  marketDataType: (reqId: number, type: number): string[] => ['58', '1', String(reqId), String(type)],
  tickReqParams: (reqId: number, minTick: number, exchange: string, permissions: number): string[] => [
    '81',
    String(reqId),
    num(minTick),
    exchange,
    String(permissions),
  ],
  tickSnapshotEnd: (reqId: number): string[] => ['57', '1', String(reqId)],
  realTimeBar: (reqId: number, seconds: number, bar: WireBar): string[] => [
    '50',
    '3',
    String(reqId),
    String(seconds),
    num(bar.open),
    num(bar.high),
    num(bar.low),
    num(bar.close),
    num(bar.volume),
    num(bar.wap),
    String(bar.count),
  ],
  historicalDataUpdate: (reqId: number, date: string, bar: WireBar): string[] => [
    '90',
    String(reqId),
    String(bar.count),
    date,
    num(bar.open),
    num(bar.close),
    num(bar.high),
    num(bar.low),
    num(bar.wap),
    num(bar.volume),
  ],
  openOrderEnd: (): string[] => ['53', '1'],
  executionsEnd: (reqId: number): string[] => ['55', '1', String(reqId)],
  completedOrdersEnd: (): string[] => ['102'],
  orderBound: (permId: number, clientId: number, orderId: number): string[] => [
    '100',
    String(permId),
    String(clientId),
    String(orderId),
  ],
  position: (account: string, contract: WireContract, quantity: number, averageCost: number): string[] => [
    '61',
    '3',
    account,
    ...positionContract(contract),
    num(quantity),
    num(averageCost),
  ],
  positionEnd: (): string[] => ['62', '1'],
  positionMulti: (
    reqId: number,
    account: string,
    contract: WireContract,
    quantity: number,
    averageCost: number,
  ): string[] => [
    '71',
    '1',
    String(reqId),
    account,
    ...positionContract(contract),
    num(quantity),
    num(averageCost),
    '',
  ],
  positionMultiEnd: (reqId: number): string[] => ['72', '1', String(reqId)],
  portfolioValue: (account: string, contract: WireContract, p: WirePosition): string[] => [
    '7',
    '8',
    String(contract.conId),
    contract.symbol,
    'STK',
    '',
    '0.0',
    '0',
    '',
    contract.primaryExchange,
    contract.currency,
    contract.localSymbol,
    contract.tradingClass,
    num(p.quantity),
    num(p.price),
    moneyText(p.value),
    num(p.averageCost),
    moneyText(p.unrealized),
    moneyText(p.realized),
    account,
  ],
  accountSummary: (reqId: number, account: string, tag: string, value: string, currency: string): string[] => [
    '63',
    '1',
    String(reqId),
    account,
    tag,
    value,
    currency,
  ],
  accountSummaryEnd: (reqId: number): string[] => ['64', '1', String(reqId)],
  accountValue: (key: string, value: string, currency: string, account: string): string[] => [
    '6',
    '2',
    key,
    value,
    currency,
    account,
  ],
  accountTime: (clock: string): string[] => ['8', '1', clock],
  accountDownloadEnd: (account: string): string[] => ['54', '1', account],
  accountUpdateMulti: (reqId: number, account: string, key: string, value: string, currency: string): string[] => [
    '73',
    '1',
    String(reqId),
    account,
    '',
    key,
    value,
    currency,
  ],
  accountUpdateMultiEnd: (reqId: number): string[] => ['74', '1', String(reqId)],
  pnl: (reqId: number, daily: number, unrealized: number, realized: number): string[] => [
    '94',
    String(reqId),
    num(daily),
    num(unrealized),
    num(realized),
  ],
  pnlSingle: (
    reqId: number,
    quantity: number,
    daily: number,
    unrealized: number,
    realized: number,
    value: number,
  ): string[] => ['95', String(reqId), num(quantity), num(daily), num(unrealized), num(realized), num(value)],
  orderStatus: (s: WireOrderStatus): string[] => [
    '3',
    String(s.orderId),
    s.status,
    num(s.filled),
    num(s.remaining),
    num(s.averagePrice),
    String(s.permId),
    String(s.parentId),
    num(s.lastPrice),
    String(s.clientId),
    s.whyHeld,
    '0',
  ],
  execution: (reqId: number, contract: WireContract, e: WireExecution, serverVersion: number): string[] => [
    '11',
    String(reqId),
    String(e.orderId),
    String(contract.conId),
    contract.symbol,
    'STK',
    '',
    '0.0',
    '',
    '',
    e.exchange,
    contract.currency,
    contract.localSymbol,
    contract.tradingClass,
    e.execId,
    e.time,
    e.account,
    e.exchange,
    e.side > 0 ? 'BOT' : 'SLD',
    num(e.shares),
    num(e.price),
    String(e.permId),
    String(e.clientId),
    '0',
    num(e.cumulative),
    num(e.averagePrice),
    e.orderRef,
    '',
    '',
    '',
    String(e.liquidity),
    ...(serverVersion >= 178 ? ['0'] : []),
  ],
  commission: (execId: string, commission: number, realized: number): string[] => [
    '59',
    '1',
    execId,
    num(commission),
    'USD',
    num(realized),
    UNSET_DOUBLE,
    '',
  ],
  familyCodes: (accounts: readonly string[]): string[] => [
    '78',
    String(accounts.length),
    ...accounts.flatMap((account) => [account, '']),
  ],
  depthExchanges: (exchanges: readonly string[]): string[] => [
    '80',
    String(exchanges.length),
    ...exchanges.flatMap((exchange) => [exchange, 'STK', exchange, 'Deep', '1']),
  ],
  newsProviders: (): string[] => ['85', '0'],
  scannerParameters: (): string[] => ['19', '1', '<?xml version="1.0"?><ScanParameterResponse/>'],
  scannerData: (reqId: number): string[] => ['20', '3', String(reqId), '0'],
  softDollarTiers: (reqId: number): string[] => ['77', String(reqId), '0'],
  smartComponents: (reqId: number): string[] => ['82', String(reqId), '0'],
  historicalNewsEnd: (reqId: number): string[] => ['87', String(reqId), '0'],
  userInfo: (reqId: number): string[] => ['107', String(reqId), ''],
  symbolSamples: (
    reqId: number,
    found: readonly (WireContract & { readonly longName: string })[],
    sv: number,
  ): string[] => [
    '79',
    String(reqId),
    String(found.length),
    ...found.flatMap((c) => [
      String(c.conId),
      c.symbol,
      'STK',
      c.primaryExchange,
      c.currency,
      '0',
      ...(sv >= 176 ? [c.longName, ''] : []),
    ]),
  ],
  historicalData: (
    reqId: number,
    start: string,
    end: string,
    rows: readonly (readonly [string, WireBar])[],
  ): string[] => {
    const fields = ['17', String(reqId), start, end, String(rows.length)]
    for (const [date, b] of rows)
      fields.push(date, num(b.open), num(b.high), num(b.low), num(b.close), num(b.volume), num(b.wap), String(b.count))
    return fields
  },
  historicalSchedule: (
    reqId: number,
    start: string,
    end: string,
    zone: string,
    sessions: readonly (readonly [start: string, end: string, day: string])[],
  ): string[] => ['106', String(reqId), start, end, zone, String(sessions.length), ...sessions.flat()],
  historicalTicks: (id: '96' | '97' | '98', reqId: number, rows: readonly (readonly string[])[]): string[] => [
    id,
    String(reqId),
    String(rows.length),
    ...rows.flat(),
    '1',
  ],
  tickByTickTrade: (
    reqId: number,
    all: boolean,
    seconds: number,
    price: number,
    size: number,
    exchange: string,
  ): string[] => ['99', String(reqId), all ? '2' : '1', String(seconds), num(price), num(size), '0', exchange, ''],
  tickByTickQuote: (
    reqId: number,
    seconds: number,
    bid: number,
    ask: number,
    bidSize: number,
    askSize: number,
  ): string[] => ['99', String(reqId), '3', String(seconds), num(bid), num(ask), num(bidSize), num(askSize), '0'],
  tickByTickMid: (reqId: number, seconds: number, price: number): string[] => [
    '99',
    String(reqId),
    '4',
    String(seconds),
    num(price),
  ],
  contractData: (reqId: number, contract: WireContract, d: WireDetails, serverVersion: number): string[] => [
    '10',
    ...(serverVersion < 164 ? ['8'] : []),
    String(reqId),
    contract.symbol,
    'STK',
    '',
    ...(serverVersion >= 182 ? [''] : []),
    '0',
    '',
    d.exchange,
    contract.currency,
    contract.localSymbol,
    contract.tradingClass,
    contract.tradingClass,
    String(contract.conId),
    num(d.minTick),
    ...(serverVersion < 164 ? ['100'] : []), // unit of market data sizes
    '',
    d.orderTypes,
    d.validExchanges,
    '1',
    '0',
    d.longName,
    contract.primaryExchange,
    '',
    d.industry,
    d.category,
    d.category,
    d.timeZone,
    d.tradingHours,
    d.liquidHours,
    '',
    '',
    '0',
    '1',
    '',
    '',
    d.marketRules,
    '',
    'COMMON',
    ...(serverVersion === 163 ? [num(d.sizeStep)] : []),
    ...(serverVersion >= 164 ? [num(d.sizeStep), num(d.sizeStep), '100'] : []),
    ...(serverVersion >= 186 ? ['0'] : []),
  ],
} as const

/** A bar's figures; −1 where the kind of bar has none. */
export interface WireBar {
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
  readonly wap: number
  readonly count: number
}

export interface WirePosition {
  readonly quantity: number
  readonly price: number
  readonly value: number
  readonly averageCost: number
  readonly unrealized: number
  readonly realized: number
}

export interface WireOrderStatus {
  readonly orderId: number
  readonly status: string
  readonly filled: number
  readonly remaining: number
  readonly averagePrice: number
  readonly permId: number
  readonly parentId: number
  readonly lastPrice: number
  readonly clientId: number
  readonly whyHeld: string
}

export interface WireExecution {
  readonly orderId: number
  readonly exchange: string
  readonly execId: string
  /** As the wire has it. */
  readonly time: string
  readonly account: string
  readonly side: number
  readonly shares: number
  readonly price: number
  readonly permId: number
  readonly clientId: number
  readonly cumulative: number
  readonly averagePrice: number
  readonly orderRef: string
  /** 1 added, 2 removed liquidity. */
  readonly liquidity: number
}

export interface WireDetails {
  readonly exchange: string
  readonly minTick: number
  readonly orderTypes: string
  readonly validExchanges: string
  readonly longName: string
  readonly industry: string
  readonly category: string
  readonly timeZone: string
  readonly tradingHours: string
  readonly liquidHours: string
  readonly marketRules: string
  readonly sizeStep: number
}

function positionContract(c: WireContract): string[] {
  return [
    String(c.conId),
    c.symbol,
    'STK',
    '',
    '0.0',
    '',
    '',
    c.primaryExchange,
    c.currency,
    c.localSymbol,
    c.tradingClass,
  ]
}
