import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname } from 'node:path';
import { Webhook } from 'standardwebhooks';

// A receiver of alerts, as short as it can be: it checks the signature of each message and prints what came.
const SECRET_FILE = '.tidemark/secrets/tour-hook';
const PORT = Number(process.env.PORT ?? 7799);

if (!existsSync(SECRET_FILE)) {
  mkdirSync(dirname(SECRET_FILE), { recursive: true });
  writeFileSync(SECRET_FILE, `whsec_${randomBytes(24).toString('base64')}`, { mode: 0o600 });
}
const webhook = new Webhook(readFileSync(SECRET_FILE, 'utf8'));

// A test of the receiver and a digest are not about one alert; kinds that are yet to come are shown as they are.
function lineOf({ type, data }) {
  if (data.alerts) return `${type}: ${data.count} alerts`;
  if (!data.metric) return `${type}: ${JSON.stringify(data)}`;
  return (
    `${type}: ${data.metric.id} ${JSON.stringify(data.labels)} is ${data.value}, ` +
    `${data.condition}; accountable: ${data.owner.accountable}`
  );
}

const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  try {
    // Throws when the signature is wrong or the message is older than five minutes.
    const message = webhook.verify(Buffer.concat(parts).toString(), request.headers);
    process.stdout.write(`verified ${lineOf(message)}\n`);
    response.writeHead(204).end();
  } catch (error) {
    process.stdout.write(`refused: ${error.message}\n`);
    response.writeHead(401).end();
  }
}).listen(PORT, '127.0.0.1', () =>
  process.stdout.write(`waiting on port ${server.address().port}\n`),
);
