import { createHash, randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes the tokens of a compose installation at its first start: one for a person with all roles, printed once and kept
 * nowhere, and one with which Prometheus may read. TOKENS_DIR/tokens.json holds their SHA-256 alone.
 * Usage: node make-tokens.mjs TOKENS_DIR SCRAPE_DIR
 */
const [tokensDir = '/tokens', scrapeDir = '/scrape'] = process.argv.slice(2);
const tokensFile = join(tokensDir, 'tokens.json');
const scrapeFile = join(scrapeDir, 'prometheus.token');

if (existsSync(tokensFile)) {
  process.stdout.write(`${tokensFile} exists and is kept\n`);
} else {
  // 256 random bits, so that a plain digest is enough (services/platform/access.ts).
  const create = () => `tm_${randomBytes(32).toString('base64url')}`;
  const digest = (token) => createHash('sha256').update(token).digest('hex');
  const admin = create();
  const scrape = create();
  writeFileSync(scrapeFile, scrape, { mode: 0o644 });
  const entries = {
    [digest(admin)]: { person: 'person:admin', roles: ['admin', 'ingest', 'historical'] },
    [digest(scrape)]: { person: 'person:prometheus', roles: ['reader'] },
  };
  writeFileSync(tokensFile, `${JSON.stringify(entries, null, 2)}\n`, { mode: 0o644, flag: 'wx' });
  process.stdout.write(
    `The token of person:admin, with all roles. It is shown this once:\n\n  ${admin}\n\n`,
  );
}
