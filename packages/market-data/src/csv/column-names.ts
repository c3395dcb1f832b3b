/** What a column means to us. */
export type ColumnName =
  | 'stamp'
  | 'clock'
  | 'end'
  | 'symbol'
  | 'open'
  | 'high'
  | 'low'
  | 'close'
  | 'volume'
  | 'adjClose'
  | 'dividend'
  | 'split'
  | 'bid'
  | 'ask'
  | 'bidSize'
  | 'askSize'
  | 'price'
  | 'size'
  | 'suspicious'

/**
 * Names in use, in the form of {@link plainName}; where two columns of a file mean the same, the one that is named
 * earlier here wins. Sources: the export formats of Yahoo, AlphaVantage, Tiingo, Polygon, Quandl WIKI, Stooq, Nasdaq,
 * NinjaTrader, Interactive Brokers, Bloomberg, Lean, yfinance.
 */
const NAMES: Readonly<Record<ColumnName, readonly string[]>> = {
  stamp: [
    'datetime',
    'timestamp',
    'date',
    'time',
    'mssincemidnight',
    'windowstart',
    't',
    'day',
    'ts',
    'dt',
    'dateutc',
    'gmttime',
  ],
  clock: ['time', 'clock'],
  end: ['end', 'barend', 'endtime'],
  symbol: ['symbol', 'ticker', 'sym', 'tic'],
  open: ['open', 'o', 'openprice', 'pxopen'],
  high: ['high', 'h', 'hi', 'highprice', 'pxhigh'],
  low: ['low', 'l', 'lo', 'lowprice', 'pxlow'],
  close: ['close', 'c', 'closelast', 'closeprice', 'last', 'pxlast'],
  volume: ['volume', 'v', 'vol', 'pxvolume', 'shares'],
  adjClose: ['adjclose', 'adjustedclose', 'closeadj'],
  dividend: ['dividend', 'dividends', 'divcash', 'exdividend', 'dividendamount', 'cashdividend'],
  split: ['split', 'splits', 'splitfactor', 'splitratio', 'stocksplits', 'splitcoefficient'],
  bid: ['bid', 'bidclose', 'bidprice', 'bestbid'],
  ask: ['ask', 'askclose', 'askprice', 'bestask', 'offer'],
  bidSize: ['bidsize', 'bidvolume', 'bidqty'],
  askSize: ['asksize', 'askvolume', 'askqty'],
  price: ['price', 'last', 'tradeprice'],
  size: ['size', 'volume', 'quantity', 'qty', 'tradesize'],
  suspicious: ['suspicious'],
}

/** Lower case, without blanks, signs and AlphaVantage's numbering: `4. close` and `<CLOSE>` are `close`. */
export function plainName(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/^\d+[a-z]?\. */, '')
    .replace(/[^a-z0-9]/g, '')
}

/** Index of the column that means `name`, or −1. */
export function findColumn(header: readonly string[], name: ColumnName): number {
  const plain = header.map(plainName)
  for (const known of NAMES[name]) {
    const index = plain.indexOf(known)
    if (index >= 0) return index
  }
  return -1
}
