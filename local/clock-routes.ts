import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { type Clock, ClockMovedBackError } from './clock.ts';
import { addDuration, parseDuration } from './clock-duration.ts';
import { isFromThisMachine } from './this-machine-only.ts';

const PATH = '/_local/clock';
const MAXIMUM_BODY_BYTES = 10_240;
/** Every simulated day is walked through, so a slip of the finger must not keep the stack busy for hours. */
const MAXIMUM_MOVE_MILLISECONDS = 100 * 366 * 86_400_000;
const USAGE = 'Send {"advance":"P83D"} (an ISO 8601 duration) or {"set":"2027-01-01T00:00:00Z"}.';

const bodySchema = z.union([
  z.strictObject({ advance: z.string() }),
  z.strictObject({ set: z.iso.datetime({ offset: true }) }),
]);

class Refusal extends Error {
  readonly status: number;
  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

/**
 * Routes of the movable clock. `GET /_local/clock` tells it; `POST` with `{"advance":"P83D"}` or
 * `{"set":"<ISO 8601 time with zone>"}` moves it and answers once all that runs on the clock has caught up. Both answer
 * `{ "now": "<ISO 8601 UTC>", "offsetMilliseconds": n }`; errors are `application/problem+json`: 400 bad input,
 * 403 a web page, 405 other methods, 409 a move back, 413 a body over 10 KB, 500 something that runs on the clock failed.
 * @returns a handler that gives false, and leaves the response alone, for any other path
 */
export function clockRoutes(clock: Clock): (request: IncomingMessage, response: ServerResponse) => boolean {
  // One move after the other, so that two requests to advance by a day advance by two.
  let lastMove: Promise<void> = Promise.resolve();
  const move = (body: string) => {
    const moved = lastMove.then(() => clock.moveTo(targetOf(body, clock.now())));
    lastMove = moved.catch(() => {});
    return moved;
  };
  return (request, response) => {
    if ((request.url ?? '').split('?', 1)[0] !== PATH) return false;
    void answer(clock, move, request, response);
    return true;
  };
}

async function answer(
  clock: Clock,
  move: (body: string) => Promise<void>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    // A clock that a web page had moved could never be moved back.
    if (!isFromThisMachine(request.headers)) {
      throw new Refusal(
        403,
        `${PATH} answers programs on this machine, at 127.0.0.1 or localhost, and no web pages.`,
      );
    }
    if (request.method === 'POST') await move(await readBody(request));
    else if (request.method !== 'GET') throw new Refusal(405, `${PATH} answers GET and POST.`);
    const offsetMilliseconds = new Float64Array(clock.offset)[0] ?? 0;
    const body = { now: new Date(clock.now()).toISOString(), offsetMilliseconds };
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(JSON.stringify(body));
  } catch (error) {
    refuse(response, error);
  }
}

function refuse(response: ServerResponse, error: unknown): void {
  const status = error instanceof Refusal ? error.status : error instanceof ClockMovedBackError ? 409 : 500;
  const detail = error instanceof Error ? error.message : String(error);
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...(status === 405 ? { allow: 'GET, POST' } : {}),
    ...(status === 413 ? { connection: 'close' } : {}),
  });
  response.end(JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, detail }));
}

function targetOf(body: string, now: number): number {
  const parsed = bodySchema.safeParse(parseJson(body));
  if (!parsed.success) throw new Refusal(400, `The body is not understood. ${USAGE}`);
  const target = 'set' in parsed.data ? Date.parse(parsed.data.set) : advance(parsed.data.advance, now);
  if (Number.isNaN(target) || target - now > MAXIMUM_MOVE_MILLISECONDS) {
    throw new Refusal(400, 'One move covers at most 100 years.');
  }
  return target;
}

function advance(text: string, now: number): number {
  const duration = parseDuration(text);
  if (duration === undefined) {
    throw new Refusal(400, `"advance" is not an ISO 8601 duration such as P83D, PT1H30M or P2W. ${USAGE}`);
  }
  return addDuration(now, duration);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, `The body is not JSON. ${USAGE}`);
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAXIMUM_BODY_BYTES)
      throw new Refusal(413, `The body is over ${MAXIMUM_BODY_BYTES} bytes. ${USAGE}`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
