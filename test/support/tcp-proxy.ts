/** A TCP proxy between a worker and a server, for what networks do: cut, fall silent without a word, slow down. */
import { createConnection, createServer, type Server, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** Resets every connection. New ones are accepted. */
  cut(): void;
  /** Whether new connections are reset at once. */
  refuse(on: boolean): void;
  /** Those that exist now stay open and carry nothing any more, in either direction. New ones work. */
  fallSilent(): void;
  /** Milliseconds by which every piece of data is late; 0: none. */
  slow(ms: number): void;
  close(): Promise<void>;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  silent: boolean;
}

/** Listens on a free loopback port and carries data to and from another one. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const links = new Set<Link>();
  let delayMs = 0;
  let refusing = false;

  const carry = (link: Link, from: Socket, to: Socket): void => {
    // one piece after the other, also when the delay becomes shorter
    let last = Promise.resolve();
    const pass = (then: () => void): void => {
      if (link.silent) return;
      const late = delayMs;
      last = last.then(async () => {
        if (late > 0) await new Promise((done) => setTimeout(done, late));
        if (!link.silent) then();
      });
    };
    from.on('data', (data) => pass(() => void to.write(data)));
    from.on('end', () => pass(() => void to.end()));
    from.on('close', () => {
      if (link.silent) return;
      links.delete(link);
      pass(() => void to.destroy());
    });
    from.on('error', () => undefined); // followed by close
  };

  const listener: Server = createServer((client) => {
    client.on('error', () => undefined);
    if (refusing) {
      client.resetAndDestroy();
      return;
    }
    const server = createConnection({ host: '127.0.0.1', port: target });
    const link: Link = { client, server, silent: false };
    links.add(link);
    client.setNoDelay(true);
    server.setNoDelay(true);
    carry(link, client, server);
    carry(link, server, client);
  });
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');

  const cut = (): void => {
    for (const { client, server } of links) {
      client.resetAndDestroy();
      server.destroy();
    }
    links.clear();
  };
  return {
    port: address.port,
    cut,
    refuse: (on) => void (refusing = on),
    fallSilent() {
      for (const link of links) link.silent = true;
    },
    slow: (ms) => void (delayMs = ms),
    async close() {
      const closed = new Promise((done) => listener.close(done));
      cut();
      await closed;
    },
  };
}
