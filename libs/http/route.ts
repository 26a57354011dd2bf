// Routes typed by operation id: what a handler gets and gives follows from the contract.
import type { Contract } from '#libs/contracts/contract.ts';
import type { Language, ProblemRefusal } from '#libs/problem/problem.ts';
import { type Ok, ok, type Result } from '#libs/result/result.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { Actor } from './actor.ts';

/** What holds for the whole call; the clock was read once. */
export interface CallContext {
  readonly actor: Actor;
  readonly now: Instant;
  readonly traceId: string;
  readonly language: Language;
  /** Of a command or action; empty for a query. */
  readonly idempotencyKey: string;
}

type OrNothing<T> = [T] extends [undefined] ? Record<never, never> : NonNullable<T>;
type ParametersOf<Op, Place extends string> = Op extends {
  parameters: { [P in Place]?: infer Values };
}
  ? OrNothing<Values>
  : Record<never, never>;

type ContentOf<Body> = Body extends { content: infer Content } ? Content : never;

type BodyOf<Op> = Op extends { requestBody?: infer Body }
  ? [Body] extends [undefined]
    ? undefined
    : ContentOf<NonNullable<Body>> extends { 'application/json': infer Json }
      ? undefined extends Body
        ? Json | undefined
        : Json
      : Uint8Array
  : undefined;

type HeadersOf<Op> = ParametersOf<Op, 'header'>;

export interface TypedRequest<Op> {
  readonly params: ParametersOf<Op, 'path'>;
  readonly query: ParametersOf<Op, 'query'>;
  readonly body: BodyOf<Op>;
  /** The version of If-Match, where the operation takes it. */
  readonly version: HeadersOf<Op> extends { 'If-Match': string } ? number : undefined;
}

type SuccessStatus = 200 | 201 | 202 | 204;

type ReplyWith<Status, Content> = Content extends { 'application/json': infer Json }
  ? { readonly status: Status; readonly body: Json; readonly headers?: ReplyHeaders }
  : [Content] extends [undefined]
    ? { readonly status: Status; readonly headers?: ReplyHeaders }
    : {
        readonly status: Status;
        readonly bytes: Uint8Array;
        readonly mediaType: keyof Content & string;
        readonly headers?: ReplyHeaders;
      };

export type ReplyHeaders = Readonly<Record<string, string>>;

/** The successful answers that the contract allows. */
export type ReplyOf<Op> = Op extends { responses: infer Responses }
  ? {
      [Status in keyof Responses & SuccessStatus]: Responses[Status] extends {
        content?: infer Content;
      }
        ? ReplyWith<Status, Content>
        : never;
    }[keyof Responses & SuccessStatus]
  : never;

/** A reply whose contract has been forgotten: what is stored and sent. */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly bytes?: Uint8Array;
  readonly mediaType?: string;
  readonly headers?: ReplyHeaders;
}

export interface UntypedRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly version: number | undefined;
}

export type Outcome = Result<Reply, ProblemRefusal>;

export type Route<Tx> =
  | {
      readonly operationId: string;
      readonly kind: 'query' | 'action';
      readonly handle: (request: UntypedRequest, context: CallContext) => Promise<Outcome>;
    }
  | {
      readonly operationId: string;
      readonly kind: 'command';
      readonly handle: (tx: Tx, request: UntypedRequest, context: CallContext) => Promise<Outcome>;
    };

type TypedOutcome<Op> = Promise<Result<ReplyOf<Op>, ProblemRefusal>>;
type Handler<Op> = (request: TypedRequest<Op>, context: CallContext) => TypedOutcome<Op>;
type CommandHandler<Op, Tx> = (
  tx: Tx,
  request: TypedRequest<Op>,
  context: CallContext,
) => TypedOutcome<Op>;

export interface RouteMakers<Operations, Tx> {
  /** Reads; no transaction of its own, no idempotency key. */
  query<Id extends keyof Operations & string>(id: Id, handler: Handler<Operations[Id]>): Route<Tx>;
  /** One transaction with the idempotency record; a refusal rolls everything back. */
  command<Id extends keyof Operations & string>(
    id: Id,
    handler: CommandHandler<Operations[Id], Tx>,
  ): Route<Tx>;
  /** Changes something by other means than one transaction and keeps its own idempotency. */
  action<Id extends keyof Operations & string>(id: Id, handler: Handler<Operations[Id]>): Route<Tx>;
}

/**
 * The makers of a contract's routes. The requests have been validated against the contract before a
 * handler sees them, which is what the casts rest on.
 */
export const routesOf = <Operations, Tx = never>(
  _contract: Contract<Operations>,
): RouteMakers<Operations, Tx> => ({
  query: (operationId, handler) => ({
    operationId,
    kind: 'query',
    handle: (request, context) => handler(request as Parameters<typeof handler>[0], context),
  }),
  command: (operationId, handler) => ({
    operationId,
    kind: 'command',
    handle: (tx, request, context) =>
      handler(tx, request as Parameters<typeof handler>[1], context),
  }),
  action: (operationId, handler) => ({
    operationId,
    kind: 'action',
    handle: (request, context) => handler(request as Parameters<typeof handler>[0], context),
  }),
});

/** A successful answer with a JSON body. */
export const reply = <const Status extends number, Body>(
  status: Status,
  body: Body,
  headers?: ReplyHeaders,
): Ok<{ status: Status; body: Body; headers?: ReplyHeaders }> =>
  ok({ status, body, ...(headers === undefined ? {} : { headers }) });
