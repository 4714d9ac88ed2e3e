import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A registry that answers as a test says; it counts what it is asked. */
export type FakeRegistry = {
  readonly url: string;
  /** How often this id was asked for. */
  readonly asked: (id: number) => number;
  readonly askedInAll: () => number;
  readonly close: () => Promise<void>;
};

/** @param answer what is written for an id; leaving the response open is a registry that hangs */
export async function fakeRegistry(
  answer: (id: number, response: ServerResponse) => void,
): Promise<FakeRegistry> {
  const asked = new Map<number, number>();
  const server = createServer((request, response) => {
    const id = Number(/\/schemas\/ids\/(\d+)/.exec(request.url ?? '')?.[1]);
    asked.set(id, (asked.get(id) ?? 0) + 1);
    answer(id, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: (id) => asked.get(id) ?? 0,
    askedInAll: () => [...asked.values()].reduce((sum, one) => sum + one, 0),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const notFound = (response: ServerResponse): void => {
  response.writeHead(404, { 'content-type': 'application/json' });
  response.end('{"error_code":40403,"message":"Schema not found"}');
};
export const schemaAnswer = (response: ServerResponse, schema: unknown): void => {
  response.end(JSON.stringify({ schema: JSON.stringify(schema) }));
};
