/** Every limit of what one request may bring; answers name the one that was passed. */
export const LIMITS = {
  /** Events of one batch. */
  batchEventsMax: 1_000,
  /** Request body after decompression, bytes. */
  bodyBytesMax: 5 * 1024 * 1024,
  /** Levels of objects and arrays in a body: a batch, its event, `data` and the 64 levels that a schema may nest. */
  nestingMax: 100,
  /** UTF-8 bytes. Id and source stand in the address of `GET /v1/events/{source}/{id}`. */
  idBytesMax: 512,
  sourceBytesMax: 1_024,
  /** UTF-8 bytes of subject, partitionkey, type and the other attributes. */
  attributeBytesMax: 1_024,
  /** The Kafka value, bytes: with its key and the batch's frame it stays below the topic's max.message.bytes of 1 MiB. */
  recordBytesMax: 1_000_000,
  /** Bodies being read, parsed or written, over all requests, bytes. Parsed JSON takes several times its text. */
  requestBytesInFlightMax: 32 * 1024 * 1024,
} as const;
