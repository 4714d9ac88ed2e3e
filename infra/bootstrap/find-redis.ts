import { TidemarkError } from '../../services/kernel/errors.ts';
import { findRedis } from '../../services/platform/embedded/redis.ts';

/** Prints the Redis that embedded servers would run; exits with 1 and the remedy when there is none. */
const [serversDir = ''] = process.argv.slice(2);
try {
  process.stdout.write(`${await findRedis({ serversDir, choice: 'path' })}\n`);
} catch (error) {
  if (!(error instanceof TidemarkError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
