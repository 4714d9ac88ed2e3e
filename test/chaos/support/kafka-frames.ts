/** Keys of Kafka's requests that tests look for. @see https://kafka.apache.org/protocol#protocol_api_keys */
export const API = {
  produce: 0,
  fetch: 1,
  metadata: 3,
  findCoordinator: 10,
  joinGroup: 11,
} as const;

type Piece = {
  readonly bytes: Buffer;
  readonly api: number | undefined;
  /** Of an answer: the request that it answers. */
  readonly request?: Buffer | undefined;
};

const LENGTH_BYTES = 4;

/**
 * Divides the two streams of one connection into whole requests and answers of Kafka; those of other protocols stay as
 * they arrive. A request begins with its length, key, version and correlation id, an answer with length and correlation id.
 */
export function frameSplitter(
  protocol: 'kafka' | 'other',
): (from: 'client' | 'server', chunk: Buffer) => readonly Piece[] {
  if (protocol === 'other') return (_from, bytes) => [{ bytes, api: undefined }];
  const rest: Record<'client' | 'server', Buffer> = {
    client: Buffer.alloc(0),
    server: Buffer.alloc(0),
  };
  const asked = new Map<number, Buffer>();
  return (from, chunk) => {
    let bytes = rest[from].length === 0 ? chunk : Buffer.concat([rest[from], chunk]);
    const pieces: Piece[] = [];
    while (bytes.length >= LENGTH_BYTES) {
      const length = LENGTH_BYTES + bytes.readInt32BE(0);
      if (bytes.length < length) break;
      const frame = bytes.subarray(0, length);
      bytes = bytes.subarray(length);
      pieces.push(pieceOf(from, frame, asked));
    }
    rest[from] = bytes;
    return pieces;
  };
}

function pieceOf(from: 'client' | 'server', bytes: Buffer, asked: Map<number, Buffer>): Piece {
  if (from === 'client') {
    asked.set(bytes.readInt32BE(8), bytes);
    return { bytes, api: keyOf(bytes) };
  }
  const correlation = bytes.readInt32BE(4);
  const request = asked.get(correlation);
  asked.delete(correlation);
  return { bytes, api: request && keyOf(request), request };
}

const keyOf = (request: Buffer): number => request.readInt16BE(4);

const HOST = '127.0.0.1';
/** A string of the protocol's older versions, which kafkajs uses: two bytes of length, then the text. */
const HOST_FIELD = Buffer.concat([Buffer.from([0, HOST.length]), Buffer.from(HOST)]);

/** Replaces the ports of brokers that an answer names, so that clients come back through the proxies. */
export function withPorts(answer: Buffer, ports: ReadonlyMap<number, number>): Buffer {
  const changed = Buffer.from(answer);
  for (let at = changed.indexOf(HOST_FIELD); at >= 0; at = changed.indexOf(HOST_FIELD, at + 1)) {
    const place = at + HOST_FIELD.length;
    const port = place + 4 <= changed.length ? ports.get(changed.readInt32BE(place)) : undefined;
    if (port !== undefined) changed.writeInt32BE(port, place);
  }
  return changed;
}
