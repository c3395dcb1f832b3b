import { defineStrategy, text } from '@onetape/core'
import { calendar } from '@onetape/calendar'

/** Buys one share at the first close, and sells it at the close of the session after a day. */
export default defineStrategy({
  name: 'first-to-last-close',
  params: { until: text('', { description: 'day before the last, YYYY-MM-DD' }) },
  create({ params, instruments }) {
    const xnys = calendar('XNYS')
    return {
      onStart({ orders }) {
        orders.marketOnClose(instruments[0]!, 1)
      },
      onBar(bar, { orders }) {
        if (xnys.dateOf(bar.time) === params.until) orders.marketOnClose(bar.instrument, -1)
      },
    }
  },
})
