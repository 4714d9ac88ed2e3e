import { createRequire } from 'node:module';
import { invariant } from '../../kernel/result.ts';

const VERSION = '2.2.4';

/**
 * A module of kafkajs that its entry does not name. What is replaced there is known of one version.
 * @param path below kafkajs' folder
 */
export function kafkajsInside(path: string): unknown {
  const load = createRequire(import.meta.url);
  const { version } = load('kafkajs/package.json') as { version: string };
  invariant(version === VERSION, `kafkajs ${version} is not ${VERSION}`);
  return load(`kafkajs/${path}`);
}
