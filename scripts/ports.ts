import { createServer } from 'node:net';
import { CannotStart, codeOf } from './cannot-start.ts';

export const HOST = '127.0.0.1';

/**
 * Finds out whether a port can be listened on, by listening for a moment.
 * @param port 0 for any that is free
 * @param name how the person can choose another: the environment variable
 * @returns the port; throws `CannotStart` where it is taken or not allowed.
 */
export async function freePort(port: number, name: string): Promise<number> {
  const server = createServer();
  try {
    return await new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, host: HOST, exclusive: true }, () => {
        const address = server.address();
        resolve(typeof address === 'object' && address ? address.port : port);
      });
    });
  } catch (error) {
    const why = codeOf(error) === 'EADDRINUSE' ? 'is taken by another program' : `cannot be opened (${codeOf(error)})`;
    throw new CannotStart(`Port ${port} ${why}; choose another with ${name}.`);
  } finally {
    await new Promise((done) => server.close(done));
  }
}
