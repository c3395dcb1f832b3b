import { defineStrategy } from '@onetape/core'

/** Buys on one bar and closes on the next: an order every five seconds of the market. */
export default defineStrategy({
  name: 'alternating',
  create() {
    let buys = false
    return {
      onBar(bar, { orders }) {
        buys = !buys
        if (buys) orders.market(bar.instrument, 3000)
        else orders.close(bar.instrument)
      },
    }
  },
})
