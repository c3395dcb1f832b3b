import { afterEach, expect, test } from 'vitest'
import { type Gateway, startGateway } from '../src/index.ts'
import { LayoutReader, readTables } from './layout.ts'
import { sharedFolder } from './shared-folder.ts'
import { placeOrder, stock, WireClient } from './wire-client.ts'

let gateway: Gateway
const clients: WireClient[] = []
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await gateway.close()
})

/** Every version at which a layout changes, those that known clients stop at among them. */
const VERSIONS = [157, 158, 163, 164, 166, 170, 176, 177, 178, 182, 183, 184, 185, 186, 187, 189, 190, 192, 193]

type Row = readonly [request: (string | number)[], answer: string[]]

/** Every request of the API, with the ids of what has to come back; none where TWS says nothing either. */
function everyRequest(sv: number): Row[] {
  const since = (version: number, ...fields: (string | number)[]) => (sv >= version ? fields : [])
  const aapl = stock('AAPL')
  return [
    [['5', 1], ['53']],
    [
      ['6', 2, 1, ''],
      ['6', '8', '54'],
    ],
    [['6', 2, 0, ''], []],
    [['7', 3, 901, 0, '', '', '', '', '', ''], ['55']],
    [['8', 1, 1], ['9']],
    [
      ['9', 8, 902, ...aapl, 0, '', '', ...since(176, '')],
      ['10', '52'],
    ],
    [['9', 8, 903, ...stock('NOPE'), 0, '', '', ...since(176, '')], ['4:903:200']],
    [['10', 5, 904, ...aapl, 5, 0, ''], ['4:904:10092']],
    [['11', 1, 904, 0], ['4:904:310']],
    [['12', 1, 1], []],
    [['13', 1], []],
    [['14', 1, 5], []],
    [['15', 1, 1], ['53']],
    [['16', 1], ['53']],
    [['17', 1], ['15']],
    [['18', 1, 1], ['4:-1:321']],
    [['19', 1, 1, '<xml/>', 905], ['4:905:321']],
    [['20', 906, ...aapl, 0, '', '1 day', '5 D', 1, 'TRADES', 1, 0, ''], ['17']],
    [['20', 907, ...aapl, 0, '', '1 day', '5 D', 1, 'SCHEDULE', 1, 0, ''], ['106']],
    [['20', 908, ...aapl, 0, '', '5 mins', '1800 S', 0, 'MIDPOINT', 2, 1, ''], ['17']],
    [['25', 1, 908], ['4:908:162']],
    [['21', 2, 909, ...aapl.slice(0, 11), 1, 1, 'DU1234567', 0, ...since(180, '', '', '')], ['4:909:321']],
    [['22', 910, 10, 'STK', 'STK.US', 'TOP_PERC_GAIN', ...Array<string>(18).fill('')], ['20']],
    [['23', 1, 910], []],
    [['24', 1], ['19']],
    [['52', 2, 911, 265_598, 'AAPL', 'STK', 'SMART', '', 'USD', 'AAPL', 'ReportSnapshot', ''], ['4:911:430']],
    [['53', 1, 911], []],
    [['54', 3, 912, ...aapl, '1.0', '200', ''], ['4:912:321']],
    [['55', 3, 913, ...aapl, '0.3', '200', ''], ['4:913:321']],
    [['56', 1, 912], []],
    [['57', 1, 913], []],
    [['58', ...(sv >= 192 ? ['', ''] : [1])], []],
    [['59', 1, 1], []],
    [['61', 1], ['62']],
    [
      ['62', 1, 914, 'All', 'NetLiquidation,$LEDGER:ALL'],
      ['63', '64'],
    ],
    [['63', 1, 914], []],
    [['64', 1], []],
    [['65', 1, 'name', '1.0'], ['4:-1:320']],
    [['66', 1, 'data'], ['4:-1:320']],
    [['67', 1, 915], ['4:915:321']],
    [['68', 1, 915, 1], ['4:915:321']],
    [['69', 1, 915, '265598@SMART'], ['4:915:321']],
    [['70', 1, 915], []],
    [['72', 1, 'name', '1.0', 'key'], ['4:-1:320']],
    [['73', 1, 'data', 'answer'], ['4:-1:320']],
    [['74', 1, 916, '', ''], ['72']],
    [['75', 1, 916], []],
    [
      ['76', 1, 917, 'DU1234567', '', 0],
      ['73', '74'],
    ],
    [['77', 2, 917], []],
    [['78', 918, 'AAPL', '', 'STK', 265_598], ['76']],
    [['79', 919], ['77']],
    [['80'], ['78']],
    [['81', 920, 'AAP'], ['79']],
    [['82'], ['80']],
    [['83', 921, '9c0001'], ['82']],
    [['84', 922, 'BRFG', 'id', ''], ['4:922:321']],
    [['85'], ['85']],
    [['86', 923, 265_598, 'BRFG', '', '', 10, ''], ['87']],
    [['87', 924, ...aapl, 0, 1, 'TRADES', 1], ['88']],
    [['90', 924], []],
    [['88', 925, ...aapl, 0, 1, '3 days'], ['89']],
    [['89', 925], []],
    [['91', 26], ['93']],
    [['91', 999], ['4:-1:321']],
    [['92', 926, 'DU1234567', ''], ['94']],
    [['93', 926], []],
    [['94', 927, 'DU1234567', '', 265_598], ['95']],
    [['95', 927], []],
    [['96', 928, ...aapl, 0, '20260805 10:00:00 US/Eastern', '', 5, 'TRADES', 1, 0, ''], ['98']],
    [['96', 929, ...aapl, 0, '20260805 10:00:00 US/Eastern', '', 5, 'BID_ASK', 1, 0, ''], ['97']],
    [['96', 930, ...aapl, 0, '20260805 10:00:00 US/Eastern', '', 5, 'MIDPOINT', 1, 0, ''], ['96']],
    [['97', 931, ...aapl, 'BidAsk', 0, 0], ['99']],
    [['98', 931], []],
    [['99', 0], ['102']],
    [['100', 932], ['4:932:321']],
    [['101', 932], []],
    [['102', 933, 265_598, ...since(171, '', 0, 0, 0), ...since(173, '', '', '')], ['4:933:321']],
    [['103', 933], []],
    [['104', 934], ['107']],
    [['105'], ['4:-1:320']],
    [
      ['1', 11, 935, ...aapl, 0, '', 0, 0, ''],
      ['81', '58', '1', '2', '46', '45'],
    ],
    [['2', 1, 935], []],
    [
      ['1', 11, 936, ...aapl, 0, '', 1, 0, ''],
      ['81', '58', '1', '2', '46', '45', '57'],
    ],
    [['50', 3, 937, ...aapl, 5, 'TRADES', 0, ''], []],
    [['51', 1, 937], []],
    [cancelOrder(77, sv), ['4:77:10147']],
  ]
}

function cancelOrder(orderId: number, sv: number): (string | number)[] {
  const before = sv < 192 ? [1] : []
  const time = sv >= 169 ? [''] : []
  const rfq = sv >= 187 && sv <= 189 ? ['', '', 2_147_483_647] : []
  return ['4', ...before, orderId, ...time, ...rfq, ...(sv >= 192 ? ['', ''] : [])]
}

/** `id`, errors as `4:reqId:code`, each once. */
function named(messages: readonly string[][]): string[] {
  return [...new Set(messages.map((m) => (m[0] === '4' ? `4:${m[2]}:${m[3]}` : m[0]!)))]
}

test.each(VERSIONS)('at server version %d every request of the API is answered or rightly not', async (sv) => {
  gateway = await startGateway({ speed: 0, start: Date.UTC(2026, 7, 10, 14), paced: false })
  const unknown: unknown[] = []
  gateway.onEvent((event) => event.kind === 'bad-frame' && unknown.push(/"(\d+)"/.exec(event.reason)?.[1]))
  const client = await WireClient.start(gateway.port, 0, `v100..${sv}`)
  clients.push(client)
  for (const [request, answer] of everyRequest(sv)) {
    client.take()
    client.send(...request)
    await client.sync()
    const heard = named(client.take().slice(0, -1))
    const missing = answer.filter((each) => !heard.includes(each))
    const uncalled = answer.length === 0 ? heard : []
    expect({ request, missing, uncalled }).toEqual({ request, missing: [], uncalled: [] })
  }
  // Verification, which only programs with a key of IBKR's may ask for, and what came after 193.
  expect(unknown).toEqual(['65', '66', '72', '73', '105'])
})

const folder = sharedFolder('ibkr')
if (folder === undefined) console.log('Skipped: the published tables of fields, because ../shared/ibkr is not there.')

/** Conditions: a price, a time, an execution, and whether they count outside hours and cancel the order. */
const CONDITIONS = [
  [3, 1, 'a', 1, '500', 265_598, 'SMART', 0],
  [3, 'o', 1, '20270101 10:00:00 US/Eastern'],
  [5, 'a', 'STK', 'SMART', 'MSFT'],
  [1, 0],
].flat()

test.skipIf(folder === undefined).each(VERSIONS)(
  'at server version %d all that a day of trading brings fits the published tables',
  async (sv) => {
    gateway = await startGateway({ speed: 0, start: Date.UTC(2026, 7, 10, 14), paced: false, seed: sv })
    const client = await WireClient.start(gateway.port, 0, `v100..${sv}`)
    clients.push(client)
    const place = (id: number, order: Parameters<typeof placeOrder>[2]) =>
      client.send(...placeOrder(id, 'AAPL', order, sv))
    client.send('61', 1)
    client.send('6', 2, 1, '')
    client.send('1', 11, 900, ...stock('AAPL'), 0, '', 0, 0, '')
    client.send('50', 3, 901, ...stock('AAPL'), 5, 'TRADES', 0, '')
    for (const [at, type] of ['Last', 'AllLast', 'BidAsk', 'MidPoint'].entries())
      client.send('97', 902 + at, ...stock('AAPL'), type, 0, 0)
    client.send('20', 940, ...stock('AAPL'), 0, '', '1 min', '3600 S', 0, 'TRADES', 2, 1, '')
    client.send('92', 908, 'DU1234567', '')
    client.send('94', 909, 'DU1234567', '', 265_598)
    place(1, { quantity: 5000, ref: 'caf\u00e9' })
    place(2, { type: 'LMT', limit: 1, algo: ['Adaptive', 1, 'adaptivePriority', 'Normal'] })
    place(3, { type: 'LMT', limit: 2, conditions: CONDITIONS })
    place(4, { type: 'TRAIL LIMIT', action: 'SELL', aux: 5, limitOffset: 0.5, trailStop: 100, quantity: 10 })
    place(5, { type: 'LMT', limit: 3, transmit: false })
    place(6, { action: 'SELL', type: 'LMT', limit: 900, parent: 5, transmit: false })
    place(7, { action: 'SELL', type: 'STP', aux: 1, parent: 5 })
    place(8, { whatIf: true })
    place(9, { quantity: 1e9 })
    place(10, { type: 'LMT', limit: 1, tif: 'GTD', goodTill: '20260812 16:00:00 US/Eastern', oca: 'group' })
    await client.sync()
    await gateway.advance(60_000)
    client.send(...cancelOrder(2, sv))
    place(11, { action: 'SELL', quantity: 5000 })
    await client.sync()
    gateway.fault({ kind: 'manual-order', symbol: 'AAPL', action: 'BUY', quantity: 1, limit: 1 })
    gateway.fault({ kind: 'reject', code: 201, text: 'Order rejected - reason:No', advancedReject: '{"8229":"1"}' })
    place(12, { quantity: 1 })
    await gateway.advance(60_000)
    gateway.fault({ kind: 'correct-execution', shares: 1 })
    for (const [request] of everyRequest(sv)) client.send(...request)
    await client.sync()

    const reader = new LayoutReader(readTables(folder!), sv)
    const kinds = new Set<string>()
    // The first is the answer to the handshake.
    for (const message of client.heard.slice(1)) {
      reader.read(message)
      kinds.add(message[0]!)
    }
    expect([...kinds].toSorted((a, b) => Number(a) - Number(b)).join(' ')).toBe(
      '1 2 3 4 5 6 7 8 9 10 11 15 17 19 20 45 46 49 50 52 53 54 55 57 58 59 61 62 63 64 71 72 73 74 76 77 78 79 80 81 82 ' +
        '85 87 88 89 90 93 94 95 96 97 98 99 100 101 102 106 107',
    )
    const last = client.heard.filter((m) => m[0] === '5' && m[1] === '2').map((m) => reader.read(m))
    expect(last[0]).toMatchObject({ algoStrategy: 'Adaptive', lmtPrice: '1', orderType: 'LMT', clientId: '0' })
    expect(last[0]!['manualOrderIndicator']).toBe(sv >= 193 ? '' : undefined)
  },
)
