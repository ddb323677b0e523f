/**
 * Stands in for Moodle's REST server: the shapes of its answers as they were seen on real ones (contract §7), with a
 * service, a role's capabilities and a category cache of its own.
 */
import { once } from 'node:events';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { WebService } from '../../data/configuration/web-service.js';
import type { Certificates } from './certificates.js';

export interface StandInCategory {
  readonly id: number;
  name: string;
  descriptionformat: number;
  visible: boolean;
}

/** What is wrong with the next answer. */
export type Trouble =
  | 'none'
  | 'web-services-off'
  | 'cli-maintenance'
  | 'admin-maintenance'
  | 'php-fatal'
  | 'debug-notices'
  | 'html-in-errorcode'
  | 'silent'
  | 'trickle'
  | 'huge'
  | 'cut-off'
  | 'moved'
  // what was asked for is done, and the answer is lost
  | 'done-then-silent'
  | 'done-then-cut-off'
  | 'done-then-fatal';

/** A function of Moodle; `refuse` throws Moodle's exception of that code, with what debugging would show. */
export type Handler = (
  parameters: ReadonlyMap<string, string>,
  refuse: (errorcode: string, debuginfo?: string) => never,
) => Promise<unknown>;

export interface StandInOptions {
  readonly certificates?: Certificates;
  readonly token?: string;
  /** Functions of the service. */
  readonly functions?: readonly string[];
  readonly capabilities?: readonly string[];
  readonly serviceEnabled?: boolean;
  /** As Moodle 4.5 and later name exceptions, or as 4.1 did. */
  readonly release?: string;
  /** Our account there. */
  readonly account?: { readonly id: number; readonly username: string };
  readonly version?: string;
  /** What the site says that its address is; its own when absent. */
  readonly siteUrl?: string;
  readonly categories?: readonly StandInCategory[];
  /** More functions, by name; they belong to the service. */
  readonly handlers?: Readonly<Record<string, Handler>>;
}

export interface MoodleStandIn {
  readonly url: string;
  /** Configuration that reaches it. */
  readonly service: (more?: Partial<WebService>) => WebService;
  /** Troubles of the next answers, first first; then `always`. */
  next: Trouble[];
  always: Trouble;
  /** Addresses as they stand in the server's log. */
  readonly log: string[];
  readonly calls: { readonly name: string; readonly parameters: ReadonlyMap<string, string> }[];
  readonly categories: Map<number, StandInCategory>;
  /** How often the copies of the category lists were thrown away. */
  dropped: number;
  close(): Promise<void>;
}

class Refusal extends Error {
  constructor(
    readonly exception: string,
    readonly errorcode: string,
    message: string,
    readonly debuginfo?: string,
  ) {
    super(message);
  }
}

/** What Moodle answers when its own database fails it. @throws whatever is no such failure */
function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (typeof (error as { code?: unknown }).code !== 'string') throw error;
  return new Refusal('dml_write_exception', 'dmlwriteexception', 'Error writing to database');
}

const maintenancePage =
  '<!DOCTYPE html><html><head><title>Maintenance</title></head><body><h1>This site is undergoing maintenance</h1></body></html>';
const debugNotices =
  '<br />\n<b>Notice</b>:  Undefined index: [x] in <b>/var/www/lib/setup.php</b> on line <b>12</b><br />\n';

export async function startMoodleStandIn(options: StandInOptions = {}): Promise<MoodleStandIn> {
  const {
    certificates,
    token = '0123456789abcdef0123456789abcdef',
    handlers = {},
    functions = ['core_webservice_get_site_info', 'core_course_update_categories', ...Object.keys(handlers)],
    capabilities = ['webservice/rest:use', 'moodle/category:manage'],
    serviceEnabled = true,
    release = '4.5.6 (Build: 20250811)',
  } = options;
  const namespaced = Number(release.split('.')[0]) * 100 + Number(release.split('.')[1]) >= 405;
  const exceptionName = (short: string): string => (namespaced ? `core\\exception\\${short}` : short);
  const refuse = (short: string, errorcode: string, message: string, debuginfo?: string): never => {
    throw new Refusal(exceptionName(short), errorcode, message, debuginfo);
  };
  const categories = new Map(
    (options.categories ?? [{ id: 1, name: 'Category 1', descriptionformat: 0, visible: true }]).map(
      (category) => [category.id, { ...category }],
    ),
  );

  const updateCategories = (parameters: ReadonlyMap<string, string>): null => {
    const rows = new Set(
      [...parameters.keys()].map((name) => /^categories\[(\d+)\]\[\w+\]$/.exec(name)?.[1]),
    );
    if (rows.size === 0 || rows.has(undefined))
      refuse('invalid_parameter_exception', 'invalidparameter', 'Invalid parameter value detected');
    for (const row of rows) {
      const given = (field: string): string | undefined =>
        parameters.get(`categories[${row ?? ''}][${field}]`);
      const name = given('name');
      if (!/^\d+$/.test(given('id') ?? '') || (name !== undefined && /<[^>]*>/.test(name)))
        refuse('invalid_parameter_exception', 'invalidparameter', 'Invalid parameter value detected');
      const category = categories.get(Number(given('id')));
      if (category === undefined || !category.visible)
        return refuse('moodle_exception', 'unknowncategory', 'Unknown category!');
      if (!capabilities.includes('moodle/category:manage'))
        refuse(
          'required_capability_exception',
          'nopermissions',
          'Sorry, but you do not currently have permissions to do that (<b>Manage categories</b>).',
        );
      if (name !== undefined) category.name = name;
      // Moodle sets 1 where nothing is said
      category.descriptionformat = Number(given('descriptionformat') ?? '1');
    }
    standIn.dropped++;
    return null;
  };

  const perform = async (form: ReadonlyMap<string, string>): Promise<unknown> => {
    const name = form.get('wsfunction') ?? '';
    if (form.get('wstoken') !== token)
      refuse('moodle_exception', 'invalidtoken', 'Invalid token - token not found');
    if (!serviceEnabled)
      refuse('webservice_access_exception', 'servicenotavailable', 'Web service is not available.');
    if (!capabilities.includes('webservice/rest:use') || !functions.includes(name))
      refuse('webservice_access_exception', 'accessexception', 'Access control exception');
    const parameters = new Map(
      [...form].filter(([key]) => !/^(wstoken|wsfunction|moodlewsrestformat)$/.test(key)),
    );
    standIn.calls.push({ name, parameters });
    if (name === 'core_webservice_get_site_info')
      return {
        sitename: 'Kōwhai College',
        username: options.account?.username ?? 'rollover-service',
        firstname: 'Rollover',
        lastname: 'Service',
        userid: options.account?.id ?? 7,
        siteurl: options.siteUrl ?? standIn.url,
        release,
        version: options.version ?? '2024100706',
        functions: functions.map((one) => ({ name: one, version: '2024100706' })),
      };
    if (name === 'core_course_update_categories') return updateCategories(parameters);
    const handler = handlers[name];
    if (handler !== undefined)
      return handler(parameters, (code, debuginfo) =>
        refuse('moodle_exception', code, 'Something is wrong', debuginfo),
      );
    return refuse('dml_missing_record_exception', 'invalidrecord', "Can't find data record in database.");
  };

  const answer = async (form: ReadonlyMap<string, string>): Promise<string> => {
    try {
      return JSON.stringify((await perform(form)) ?? null);
    } catch (error) {
      const { exception, errorcode, message, debuginfo } = asRefusal(error);
      return JSON.stringify({ exception, errorcode, message, debuginfo });
    }
  };

  const respond = async (
    trouble: Trouble,
    form: ReadonlyMap<string, string>,
    response: ServerResponse,
  ): Promise<void> => {
    const json = (text: string): void =>
      void response.writeHead(200, { 'content-type': 'application/json' }).end(text);
    const html = (status: number, text: string): void =>
      void response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end(text);
    switch (trouble) {
      case 'none':
        return json(await answer(form));
      case 'web-services-off':
        return void response.writeHead(403).end();
      case 'cli-maintenance':
        return html(503, maintenancePage);
      case 'admin-maintenance':
        return json(
          JSON.stringify({
            exception: exceptionName('moodle_exception'),
            errorcode: 'sitemaintenance',
            message: 'The site is undergoing maintenance and is currently not available',
          }),
        );
      case 'php-fatal':
        return html(500, '<b>Fatal error</b>: Allowed memory size exhausted');
      case 'debug-notices':
        return html(200, debugNotices + (await answer(form)));
      case 'html-in-errorcode':
        return json(
          JSON.stringify({
            exception: exceptionName('moodle_exception'),
            errorcode: `<div>Passwords of aroha.ngata must have &gt; 8 characters</div>`,
            message: `error/<div>${'aroha.ngata '.repeat(50)}</div>`,
          }),
        );
      case 'silent':
        return;
      case 'done-then-silent':
        await answer(form);
        return;
      case 'done-then-fatal':
        await answer(form);
        return html(500, '<b>Fatal error</b>: Maximum execution time exceeded');
      case 'done-then-cut-off':
        await answer(form);
        return void response.destroy();
      case 'trickle': {
        response.writeHead(200, { 'content-type': 'application/json' });
        const timer = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(timer));
        return;
      }
      case 'huge': {
        response.writeHead(200, { 'content-type': 'application/json' });
        const part = Buffer.alloc(1024 * 1024, 0x20);
        const more = (): void => {
          while (!response.destroyed && response.write(part));
          if (!response.destroyed) response.once('drain', more);
        };
        return more();
      }
      case 'cut-off':
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
        response.write('{"siteurl":');
        return void setTimeout(() => response.destroy(), 20);
      case 'moved':
        return void response
          .writeHead(303, { location: 'https://elsewhere.example/webservice/rest/server.php' })
          .end();
    }
  };

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    standIn.log.push(`${request.method ?? ''} ${request.url ?? ''}`);
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (!(request.url ?? '').startsWith('/moodle/webservice/rest/server.php'))
        return void response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not Found</h1>');
      const query = new URL(request.url ?? '', 'http://x').searchParams;
      const form = new Map([...query, ...new URLSearchParams(Buffer.concat(parts).toString('utf8'))]);
      void respond(standIn.next.shift() ?? standIn.always, form, response);
    });
  };

  const server = certificates === undefined ? createHttp(handle) : createHttps(certificates, handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const standIn: MoodleStandIn = {
    url: `${certificates === undefined ? 'http' : 'https'}://127.0.0.1:${port}/moodle`,
    service: (more = {}) => ({
      url: standIn.url,
      token,
      timeoutMs: 5_000,
      ...(certificates === undefined ? {} : { ca: certificates.ca }),
      ...more,
    }),
    next: [],
    always: 'none',
    log: [],
    calls: [],
    categories,
    dropped: 0,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return standIn;
}
