import { expect, test } from 'vitest';
import { createHttpServer } from '../../../services/platform/http.ts';
import { createLogger } from '../../../services/platform/logger.ts';

test('an idle connection is kept longer than gateways keep theirs', async () => {
  const http = createHttpServer(createLogger({ level: 'silent', name: 'test', isTty: false }));
  await http.listen({ host: '127.0.0.1', port: 0 });
  try {
    expect(http.server.keepAliveTimeout).toBeGreaterThan(60_000);
  } finally {
    await http.close();
  }
});
