import { serveApplication } from '../../../helpers/traffic/serve.ts'
import { buy } from './buy.ts'
import { callBack } from './call-back.ts'
import { events, featuredEvents } from './events.ts'
import { shop } from './shop.ts'
import { userOrders } from './user-orders.ts'

// The small ticket shop that a rehearsal runs beside the migration; see helpers/traffic/serve.ts.
await serveApplication([events, featuredEvents, userOrders, buy, callBack, shop])
