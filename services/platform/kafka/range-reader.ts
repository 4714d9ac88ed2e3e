import type { Kafka } from 'kafkajs';
import { openLogReader } from './log-reader.ts';
import type { LogReader, LogRange } from './log-reader.ts';

/** Reads one stretch with a connection of its own; who reads many keeps a `LogReader`. @see LogReader.read */
export async function readRange(
  kafka: Kafka,
  range: LogRange,
  onRecords: Parameters<LogReader['read']>[1],
): Promise<void> {
  if (range.to <= range.from) return;
  const reader = openLogReader(kafka);
  try {
    await reader.read(range, onRecords);
  } finally {
    await reader.close();
  }
}
