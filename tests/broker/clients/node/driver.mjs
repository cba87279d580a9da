// KafkaJS as a driver (tests/broker/clients/driver.py).
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import kafkajs from 'kafkajs'
import snappy from 'snappyjs'
import zstd from 'zstd-codec'

const { Kafka, CompressionTypes, CompressionCodecs, logLevel } = kafkajs
const WITHIN = 60_000
const SOON = { heartbeatInterval: 300, maxWaitTimeInMs: 300 } // hears of a rebalance soon, and ends soon

// gzip is KafkaJS's own; for the others it takes what it is given. What the registry has for LZ4 writes frames of linked blocks,
// which Kafka does not read, or has to be compiled first
const zstdSimple = await new Promise(ready => zstd.ZstdCodec.run(codec => ready(new codec.Simple())))
const codec = (compress, decompress) => () => ({
  compress: async encoder => Buffer.from(compress(encoder.buffer)),
  decompress: async buffer => Buffer.from(decompress(buffer)),
})
CompressionCodecs[CompressionTypes.Snappy] = codec(snappy.compress, snappy.uncompress)
CompressionCodecs[CompressionTypes.ZSTD] = codec(
  buffer => zstdSimple.compress(new Uint8Array(buffer)),
  buffer => zstdSimple.decompress(new Uint8Array(buffer)),
)
const CODECS = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  zstd: CompressionTypes.ZSTD,
}

const stderr = () => ({ log }) => process.stderr.write(`${JSON.stringify(log)}\n`)
const kafka = new Kafka({ brokers: [process.argv[2]], logLevel: logLevel.WARN, logCreator: stderr })
const admin = kafka.admin()
await admin.connect()
let members = []
let found = []
let partitions = 0

const record = (key, partition) => ({ key, value: key.repeat(20), partition })

async function until(condition) {
  for (const end = Date.now() + WITHIN; !condition(); await pause(10)) {
    if (Date.now() > end) throw new Error('it took too long')
  }
}

// Until every partition has a member, and every member one.
async function settled() {
  await until(() => {
    const all = members.flatMap(each => each.given)
    return members.every(each => each.given.length) && all.length === partitions && new Set(all).size === partitions
  })
  return members.map(each => each.given)
}

async function start(topic, groupId, number) {
  const consumer = kafka.consumer({ groupId, ...SOON })
  const member = { consumer, given: [] }
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    member.given = [...(payload.memberAssignment[topic] ?? [])].sort()
  })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  const eachMessage = async ({ partition, message }) => {
    found.push({ topic, at: [number, partition, Number(message.offset), message.key.toString()] })
  }
  await consumer.run({ autoCommit: false, eachMessage })
  return member
}

async function transacting(id, work, commit) {
  const producer = kafka.producer({ transactionalId: id, idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  const transaction = await producer.transaction()
  await work(transaction)
  await (commit ? transaction.commit() : transaction.abort())
  await producer.disconnect()
}

const steps = {
  codecs: async () => Object.keys(CODECS).filter(each => each !== 'none'),

  create: async ({ topic, partitions }) => {
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions, replicationFactor: 1 }], waitForLeaders: true })
  },

  produce: async ({ topic, partitions, keys, codec }) => {
    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
    await producer.connect()
    const messages = keys.map((key, index) => record(key, index % partitions))
    await producer.send({ topic, messages, compression: CODECS[codec], acks: -1 })
    await producer.disconnect()
  },

  read: async ({ topic, until: last, isolation }) => {
    const consumer = kafka.consumer({ groupId: `${topic}-${isolation}`, ...SOON, readUncommitted: isolation === 'read_uncommitted' })
    const keys = []
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await consumer.run({ autoCommit: false, eachMessage: async ({ message }) => void keys.push(message.key.toString()) })
    await until(() => keys.includes(last))
    await consumer.disconnect()
    return keys.slice(0, keys.indexOf(last))
  },

  join: async ({ topic, partitions: count, group, members: wanted }) => {
    partitions = count
    members = await Promise.all(Array.from({ length: wanted }, (_each, number) => start(topic, group, number)))
    return settled()
  },

  consume: async ({ wanted }) => {
    await until(() => found.length >= wanted)
    const all = found
    found = []
    for (const [number, { consumer }] of members.entries()) {
      const offsets = all
        .filter(({ at }) => at[0] === number)
        .map(({ topic, at }) => ({ topic, partition: at[1], offset: String(at[2] + 1) }))
      if (offsets.length) await consumer.commitOffsets(offsets)
    }
    return all.map(({ at }) => at)
  },

  leave: async () => {
    await members.pop().consumer.disconnect()
    return settled()
  },

  end: async () => {
    const all = members
    members = []
    await Promise.all(all.map(each => each.consumer.disconnect()))
  },

  transact: ({ topic, id, keys, commit }) =>
    transacting(id, transaction => transaction.send({ topic, messages: keys.map(key => record(key, 0)) }), commit),

  offsets: ({ topic, id, group, offset, commit }) => {
    const moved = { consumerGroupId: group, topics: [{ topic, partitions: [{ partition: 0, offset: String(offset) }] }] }
    return transacting(id, transaction => transaction.sendOffsets(moved), commit)
  },

  committed: async ({ topic, partitions, group }) => {
    const [{ partitions: offsets }] = await admin.fetchOffsets({ groupId: group, topics: [topic] })
    const at = index => offsets.find(each => each.partition === index)
    return Array.from({ length: partitions }, (_each, index) => Number(at(index)?.offset ?? -1))
  },

  delete: async ({ topic, group }) => {
    await admin.deleteGroups([group])
    await admin.deleteTopics({ topics: [topic] })
  },

  topics: () => admin.listTopics(),
}

for await (const line of createInterface({ input: process.stdin })) {
  const { step, ...fields } = JSON.parse(line)
  let answer
  try {
    answer = { ok: (await steps[step](fields)) ?? null }
  } catch (error) {
    answer = { error: String(error.stack ?? error) }
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
process.exit(0)
