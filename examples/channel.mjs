// A channel: typed messages, a request, and two versions of a schema that understand each other.
import { IridiumNode } from 'iridium-node'

const fields = [{ name: 'text', type: 'string' }]
const old = { type: 'record', name: 'Chat', fields }
const newer = { ...old, fields: [...fields, { name: 'color', type: 'string', default: 'black' }] }

const alpha = new IridiumNode({ alias: 'alpha', port: 0 })
const beta = new IridiumNode({ alias: 'beta', port: 0 })
const sender = alpha.channel('chat', old)
const receiver = beta.channel('chat', newer)

receiver.on('message', ({ from, value }) => {
  console.log(`${from.alias} says ${value.text}, in ${value.color}`)
})
receiver.handle(async ({ value }) => ({ text: value.text.toUpperCase(), color: 'red' }))

await alpha.start()
await beta.join(alpha.address)
await sender.send('beta', { text: 'hi' })
console.log(await sender.request('beta', { text: 'louder' }))
await sender.send('beta', { text: 5 }).catch((error) => console.log(error.code, error.message))

await beta.close()
await alpha.close()

// prints:
// alpha says hi, in black
// { text: 'LOUDER' }
// ERR_IRIDIUM_BAD_MESSAGE value.text must be string, got 5
