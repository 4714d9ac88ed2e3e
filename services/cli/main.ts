import { CommanderError, Option, program } from 'commander';
import { ERRORS, TidemarkError } from '../kernel/errors.ts';
import { ConfigError } from './environment.ts';
import { register as registerAlerts } from './alerts.ts';
import { register as registerCatalog } from './catalog.ts';
import { register as registerDeadLetters } from './dead-letters.ts';
import { register as registerDemo } from './demo.ts';
import { register as registerDev } from './dev.ts';
import { register as registerDoctor } from './doctor.ts';
import { register as registerEvents } from './events.ts';
import { register as registerMetrics } from './metrics.ts';
import { register as registerServe } from './serve.ts';
import { OUTPUT_FORMATS, emphasize } from './output.ts';

const EXIT_FAILED = 1;
const EXIT_WRONG_USAGE = 2;

/** Every verb is a file of this folder that exports `register`. */
const VERBS = [
  registerAlerts,
  registerCatalog,
  registerDeadLetters,
  registerDemo,
  registerDev,
  registerDoctor,
  registerEvents,
  registerMetrics,
  registerServe,
];

program
  .name('tidemark')
  .description(
    'Exact business metrics from event streams, and alerts that reach the person who answers for them.',
  )
  .version('0.1.0')
  .addOption(
    new Option('-o, --output <format>', 'form of results on stdout')
      .choices(OUTPUT_FORMATS)
      .default('table'),
  )
  .option('--data <folder>', "folder of the embedded servers' data (TIDEMARK_DATA_DIR)")
  .addHelpText('after', '\nExample:\n  $ tidemark doctor --output json')
  .showHelpAfterError('(see --help)')
  .exitOverride();
for (const register of VERBS) register(program);

try {
  await program.parseAsync();
} catch (error) {
  // Not by and by: a client that still tries to reach a server that is gone would keep the process alive.
  process.exit(report(error));
}

/** Prints what went wrong and the way out. @returns the exit code */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_WRONG_USAGE;
  const label = emphasize('red', 'error');
  if (error instanceof ConfigError) {
    for (const fault of error.faults) process.stderr.write(`${label}: ${fault.detail}\n`);
    return EXIT_WRONG_USAGE;
  }
  if (error instanceof TidemarkError) {
    process.stderr.write(`${label}: ${error.message}\n`);
    if (!error.message.includes('; ')) process.stderr.write(`  ${ERRORS[error.code].remedy}\n`);
    return EXIT_FAILED;
  }
  process.stderr.write(
    `${label}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return EXIT_FAILED;
}
