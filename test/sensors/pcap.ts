/** Packets as a capture holds them: Ethernet, IPv4, TCP or UDP. Checksums are left out, as a sensor that reads with `-k none` allows. */
export type End = { readonly ip: string; readonly port: number }
export type Packet = { readonly atMs: number; readonly bytes: Buffer }

const TCP = 6
const UDP = 17

/** libpcap's file format, classic, little-endian, microseconds. */
export function pcapOf(packets: readonly Packet[]): Buffer {
  const head = Buffer.alloc(24)
  head.writeUInt32LE(0xa1b2c3d4, 0)
  head.writeUInt16LE(2, 4)
  head.writeUInt16LE(4, 6)
  head.writeUInt32LE(65_535, 16)
  head.writeUInt32LE(1, 20)
  const records = packets.flatMap(({ atMs, bytes }) => {
    const record = Buffer.alloc(16)
    record.writeUInt32LE(Math.floor(atMs / 1000), 0)
    record.writeUInt32LE((atMs % 1000) * 1000, 4)
    record.writeUInt32LE(bytes.length, 8)
    record.writeUInt32LE(bytes.length, 12)
    return [record, bytes]
  })
  return Buffer.concat([head, ...records])
}

export function udp(from: End, to: End, payload: Buffer, atMs: number): Packet {
  const head = Buffer.alloc(8)
  head.writeUInt16BE(from.port, 0)
  head.writeUInt16BE(to.port, 2)
  head.writeUInt16BE(8 + payload.length, 4)
  return { atMs, bytes: inEthernet(UDP, from, to, Buffer.concat([head, payload])) }
}

/** A whole TCP connection: handshake, one request, one answer, the end. */
export function conversation(client: End, server: End, request: Buffer, answer: Buffer, atMs: number): Packet[] {
  const [ack, push, syn, fin] = [0x10, 0x18, 0x02, 0x11]
  let [mine, theirs] = [1000, 5000]
  let time = atMs
  const packets: Packet[] = []
  const send = (isClient: boolean, flags: number, payload: Buffer = Buffer.alloc(0)) => {
    const [from, to, seq, acked] = isClient ? [client, server, mine, theirs] : [server, client, theirs, mine]
    packets.push({ atMs: time++, bytes: inEthernet(TCP, from, to, segment(from, to, seq, acked, flags, payload)) })
    const length = payload.length + (flags & 0x03 ? 1 : 0)
    if (isClient) mine += length
    else theirs += length
  }
  send(true, syn)
  send(false, syn | ack)
  send(true, ack)
  send(true, push, request)
  send(false, push, answer)
  send(true, ack)
  send(true, fin)
  send(false, fin)
  send(true, ack)
  return packets
}

function segment(from: End, to: End, seq: number, acked: number, flags: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(20)
  head.writeUInt16BE(from.port, 0)
  head.writeUInt16BE(to.port, 2)
  head.writeUInt32BE(seq, 4)
  head.writeUInt32BE(acked, 8)
  head.writeUInt8(5 << 4, 12)
  head.writeUInt8(flags, 13)
  head.writeUInt16BE(64_000, 14)
  return Buffer.concat([head, payload])
}

function inEthernet(protocol: number, from: End, to: End, payload: Buffer): Buffer {
  const head = Buffer.alloc(34)
  head.write('020000000001020000000002', 0, 'hex')
  head.writeUInt16BE(0x0800, 12)
  head.writeUInt8(0x45, 14)
  head.writeUInt16BE(20 + payload.length, 16)
  head.writeUInt8(64, 22)
  head.writeUInt8(protocol, 23)
  for (const [place, { ip }] of [from, to].entries()) {
    for (const [index, part] of ip.split('.').entries()) head.writeUInt8(Number(part), 26 + place * 4 + index)
  }
  return Buffer.concat([head, payload])
}

/** A question for an address record. RFC 1035, section 4. */
export function dnsQuestion(name: string, id: number): Buffer {
  const head = Buffer.from([id >> 8, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0])
  const labels = name.split('.').map(label => Buffer.from([label.length, ...Buffer.from(label)]))
  return Buffer.concat([head, ...labels, Buffer.from([0, 0, 1, 0, 1])])
}
