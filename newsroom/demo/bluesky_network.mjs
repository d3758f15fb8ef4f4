// A Bluesky network of our own: PLC directory, PDS and, in the full kind, relay and AppView, on loopback only.
// Started by bluesky_network.py, which sets the environment. Prints one JSON line when it is ready and ends when its
// standard input closes, so that it never outlives whoever started it.
import net from 'node:net'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const { ATP_DIR, ATP_KIND, ATP_PORT, ATP_RATE_LIMITS } = process.env
const port = Number(ATP_PORT)

// dev-env listens on every interface and offers no setting for it
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (...args) {
  const done = args.find((arg) => typeof arg === 'function')
  const [first] = args
  const options =
    first !== null && typeof first === 'object' ? { ...first } : { port: Number.isNaN(Number(first)) ? 0 : Number(first) }
  if (options.path !== undefined) return listen.apply(this, args)
  return listen.call(this, { ...options, port: options.port ?? 0, host: '127.0.0.1' }, done)
}

const entry = path.join(ATP_DIR, 'node_modules', '@atproto', 'dev-env', 'dist', 'index.js')
const loaded = await import(pathToFileURL(entry).href)
const devEnv = loaded.default ?? loaded

const shared = {
  pds: { port, hostname: 'localhost', enableDidDocWithSession: true, rateLimitsEnabled: ATP_RATE_LIMITS === '1' },
  plc: { port: port + 2 },
}
const network =
  ATP_KIND === 'pds'
    ? await devEnv.TestNetworkNoAppView.create(shared)
    : await devEnv.TestNetwork.create({
        ...shared,
        dbPostgresSchema: 'atp',
        bsky: { port: port + 1, dbPostgresSchema: 'bsky', publicUrl: `http://localhost:${port + 1}` },
      })
devEnv.mockMailer(network.pds)

let stopping = false
async function stop() {
  if (stopping) return
  stopping = true
  setTimeout(() => process.exit(0), 5000).unref()
  await network.close().catch(() => {})
  process.exit(0)
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
process.stdin.on('end', stop).on('error', stop).resume()

console.log(JSON.stringify({ ready: true, pds: network.pds.url, appview: network.bsky?.url ?? '' }))
