import type { OrderState } from '@stoqey/ib'
import type { OrderRequest, Usd } from '@onetape/core'
import { codeEntry } from '../code/classify.ts'
import { toTwsOrder } from '../order/tws-order.ts'
import type { BrokerDesk } from './broker-desk.ts'

/**
 * What an order would need of the account, by TWS' own reckoning: no order comes of it.
 *
 * @throws {Error} when TWS gives no figures, refuses the order or says nothing
 */
export async function askMargin(
  desk: BrokerDesk,
  request: OrderRequest,
): Promise<{ readonly required: Usd; readonly available: Usd }> {
  const { symbol } = request.instrument
  const state = await askState(desk, request)
  const required = state.initMarginChange ?? NaN
  const available = (state.equityWithLoanBefore ?? NaN) - (state.initMarginBefore ?? NaN)
  if (Number.isFinite(required) && Number.isFinite(available)) return { required: Math.max(0, required), available }
  throw new Error(`Expected margins for ${symbol}, found none. ${state.warningText ?? ''}`.trim())
}

async function askState(desk: BrokerDesk, request: OrderRequest): Promise<OrderState> {
  const { session, contracts, options } = desk
  const { symbol, exchange } = request.instrument
  const { contract } = contracts.known(symbol) ?? (await contracts.resolve(symbol, exchange))
  const order = toTwsOrder(request, {
    account: desk.tradingAccount(),
    orderRef: '',
    parentId: 0,
    transmit: true,
    ocaGroup: undefined,
    lastPrice: () => options.lastPrice?.(symbol) ?? NaN,
    fractional: contracts.takesFractions(contract),
    whatIf: true,
  })
  const wireId = session.orderIds.take(1)
  return await session.askPlain('what-if', {
    what: `the margin of an order for ${symbol}`,
    timeoutMs: options.acknowledgeMs,
    send: (api) => void api.placeOrder(wireId, contract, order),
    listen(hub, done, fail) {
      const stops = [
        hub.on('openOrder', (id, _contract, reported, state) => {
          if (id === wireId && reported.whatIf === true) done(state)
        }),
        hub.on('orderMessage', (id, code, text) => {
          if (id === wireId && codeEntry(code)?.order !== 'alive') fail(code, text)
        }),
      ]
      return () => stops.forEach((stop) => stop())
    },
  })
}
