import { type ApprovedOrder, type Instrument, type InstrumentId, instrument, type OrderId } from '@onetape/core'
import { expect, test } from 'vitest'
import { openIbkr } from '../src/index.ts'
import { ScriptedGateway, until } from './scripted-gateway.ts'
import { contractData, openOrder, orderStatus, placed } from './tws-frames.ts'

test('feed and broker share contracts, and the broker knows the last price of the feed', async () => {
  const gateway = await ScriptedGateway.open({
    9: (peer, fields) => {
      peer.send(...contractData(fields[2]!, fields[4]!, { hours: '20261119:0000-20261120:0000' }))
      peer.send(52, 1, fields[2]!)
    },
    3: (peer, fields) => {
      const { id, ref } = placed(fields)
      peer.send(...openOrder({ orderId: Number(id), ref, type: 'TRAIL LIMIT' }))
      peer.send(...orderStatus(Number(id), 'Submitted'))
    },
  })
  const { session, feed, broker } = openIbkr({ port: gateway.port, clientId: 7 })
  session.start()
  await session.online()
  await feed.subscribe('AAPL', '5s')
  await session.settled()
  const five = Math.floor(Date.now() / 5_000) * 5 + 5
  gateway.peer.send(50, 3, gateway.peer.of(50)[0]![2]!, five, 200, 200, 200, 200, 10, 200, 1)
  await until('the bar', () => feed.latest('AAPL').bar?.close === 200)
  const aapl: Instrument = { ...(await feed.getTickerInfo('AAPL')), id: 0 as InstrumentId }
  expect(aapl).toEqual({ ...instrument('AAPL', { exchange: 'NASDAQ', calendar: '24/7' }), id: 0 })
  const order = {
    id: 'run-test-0' as OrderId,
    strategy: 'test',
    instrument: aapl,
    side: 'sell',
    type: 'trailing-stop-limit',
    quantity: 10,
    trailAmount: 2,
    limitOffset: 0.1,
  } as unknown as ApprovedOrder
  expect(await broker.executeOrder(order)).toMatchObject({ kind: 'accepted' })
  expect(gateway.peer.of(9).length).toBe(1)
  expect(gateway.peer.of(3)[0]).toContain('198') // first level: the last price less the trail
  await session.stop()
  await gateway.close()
})
