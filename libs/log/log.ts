/** The logger of every process: JSON lines, known members only, never a body. */
import pino, { type DestinationStream } from 'pino';

/** Members that a line may carry; anything else is dropped, so that no body slips in. */
const KNOWN_MEMBERS = [
  'traceId',
  'service',
  'operationId',
  'method',
  'path',
  'status',
  'durationMs',
  'code',
  'caller',
  'port',
  'topic',
  'partition',
  'offset',
  'consumer',
  'book',
  'sequence',
  'eventId',
  'objectId',
  'version',
  'revision',
  'lane',
  'height',
  'leafIndex',
  'treeSize',
  'chainId',
  'nodeId',
  'keyId',
  'instructionId',
  'cycleId',
  'approvalId',
  'jobId',
  'operation',
  'role',
  'state',
  'reason',
  'attempt',
  'count',
  'ageMs',
  'delayMs',
  'error',
] as const;

export type LogMember = (typeof KNOWN_MEMBERS)[number];

export type LogFields = Readonly<Partial<Record<LogMember, unknown>>>;

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** The lowest level that is written, as LOG_LEVEL gives it. */
export type LogThreshold = LogLevel | 'fatal' | 'trace' | 'silent';

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export interface LoggerOptions {
  readonly service: string;
  readonly level: LogThreshold;
  /** Standard output where absent. */
  readonly destination?: DestinationStream;
}

const TEXT_MAX = 1_000;
const CAUSES_MAX = 3;
/** Identity card and other long numbers, mobile numbers, e-mail addresses inside a text. */
const PERSONAL =
  /(?<![0-9A-Za-z])(?:[1-9][0-9]{14,18}[0-9Xx]?|1[3-9][0-9]{9})(?![0-9A-Za-z])|[\w.%+-]+@[\w.-]+\.[A-Za-z]{2,}/g;

export function createLogger(options: LoggerOptions): Logger {
  const logger = pino(
    {
      level: options.level,
      base: { service: options.service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: ['*.authorization', '*.cookie', '*.password'], remove: true },
    },
    options.destination ?? pino.destination({ dest: 1, sync: true }),
  );
  const write =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      logger[level](allowedFields(fields), cleanText(message));
    };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
}

function allowedFields(fields: LogFields): Record<string, unknown> {
  const allowed: Record<string, unknown> = {};
  for (const member of KNOWN_MEMBERS) {
    if (Object.hasOwn(fields, member)) allowed[member] = toLoggable(fields[member]);
  }
  return allowed;
}

/** Flat values only: an object could carry a body. */
function toLoggable(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
      return cleanText(value);
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      return value.toString();
    default:
      return value instanceof Error ? describeError(value) : null;
  }
}

/** PostgreSQL puts row values into `detail`, so of a database error only the safe parts are told. */
function describeError(error: Error, depth = 0): Record<string, unknown> {
  return {
    type: error.name,
    message: cleanText(error.message),
    stack: cleanText(error.stack ?? ''),
    ...textMembers(error, ['code', 'constraint', 'table', 'schema']),
    ...(error.cause instanceof Error && depth < CAUSES_MAX
      ? { cause: describeError(error.cause, depth + 1) }
      : {}),
  };
}

function textMembers(error: Error, names: readonly string[]): Record<string, string> {
  const entries = Object.entries(error).filter(
    (entry): entry is [string, string] => names.includes(entry[0]) && typeof entry[1] === 'string',
  );
  return Object.fromEntries(entries);
}

function cleanText(text: string): string {
  // Cut with a margin first and to size last, so that no cut leaves half a number unrecognised.
  return text
    .slice(0, 2 * TEXT_MAX)
    .replace(PERSONAL, '[removed]')
    .slice(0, TEXT_MAX);
}
