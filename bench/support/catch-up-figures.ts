/**
 * One run of one program over a whole topic. CPU in microseconds per event, from when the program is about to read its
 * first record: starting and joining are left out, compiling hot code is in.
 */
export type CatchUpRun = {
  readonly program: 'tidemark' | 'kafkajs' | 'kafka-streams';
  readonly metrics: number;
  /** Whether an event that is repeated counts once. */
  readonly repeats: 'once' | 'each time';
  readonly events: number;
  readonly eventsPerSecond: number;
  /** Of the process that counts, a JVM for Kafka Streams. */
  readonly nodeMicros: number | undefined;
  readonly redisMicros: number | undefined;
  readonly kafkaMicros: number | undefined;
  /** Largest resident memory of the process, MiB. */
  readonly memoryMebibytes: number | undefined;
  readonly cells: number;
  /** Compared with cells that treat repeats as the program sets out to. */
  readonly wrongCells: number;
  readonly example: string | undefined;
};
