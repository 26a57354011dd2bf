// Generated from openapi/supervisory-chain.yaml by `npm run generate`; do not edit.

export interface paths {
    "/v1/market": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Height, lanes, silence, freeze, and the digest over every object revision taken. */
        get: operations["getMarketView"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/objects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Object revisions with their verdicts, newest first; no content. */
        get: operations["listTakenObjects"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/objects/{objectId}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The sealed snapshot as the supervisory side keeps it; the read is audited. */
        get: operations["getTakenObject"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lanes/{lane}/results": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The signed RESULTs of consecutive packets of a lane, sent or not, for a market whom no lane message reaches. */
        get: operations["listResults"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/evidence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What was refused and kept, newest first, by digest. */
        get: operations["listEvidence"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/unfreezings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** @description The regulator lets a frozen market go on from the header that was accepted last. */
        post: operations["unfreezeMarket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Natural: string;
        Place: string;
        SignedResult: {
            sequence: components["schemas"]["Place"];
            /** @description Base64 of the lane message. */
            message: string;
        };
        ResultPage: {
            items: components["schemas"]["SignedResult"][];
        };
        LaneView: {
            lane: string;
            lastSequence: components["schemas"]["Natural"];
            lastPacketHash: components["schemas"]["Sm3Digest"];
            waiting: number;
            frozenReason?: string;
        };
        MarketView: {
            chainId: string;
            height: components["schemas"]["Natural"];
            headerHash: components["schemas"]["Sm3Digest"];
            lastHeaderAt: components["schemas"]["Instant"];
            frozenReason?: string;
            pulledHeight: components["schemas"]["Natural"];
            supervisoryHeight: components["schemas"]["Natural"];
            accepted: number;
            rejected: number;
            evidence: number;
            objectsDigest: components["schemas"]["Sm3Digest"];
            lanes: components["schemas"]["LaneView"][];
        };
        TakenObject: {
            objectId: string;
            version: number;
            revision: number;
            class: string;
            operation: string;
            lane: string;
            sequence: components["schemas"]["Natural"];
            height: components["schemas"]["Natural"];
            /** @enum {string} */
            verdict: "ACCEPTED" | "REJECTED";
            code?: string;
            field?: string;
            /** @enum {string} */
            via: "lane" | "pull";
            snapshotHash: components["schemas"]["Sm3Digest"];
        };
        TakenObjectPage: {
            items: components["schemas"]["TakenObject"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        Evidence: {
            evidenceId: components["schemas"]["Uuid"];
            kind: string;
            code: string;
            detail: string;
            foundAt: components["schemas"]["Instant"];
            firstSm3: components["schemas"]["Sm3Digest"];
            secondSm3?: components["schemas"]["Sm3Digest"];
        };
        EvidencePage: {
            items: components["schemas"]["Evidence"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        Unfreezing: {
            headerHash: components["schemas"]["Sm3Digest"];
            reason: string;
        };
        /** @description An SM3 digest in lower-case hexadecimal. */
        Sm3Digest: string;
        /**
         * Format: date-time
         * @description A moment in UTC with milliseconds.
         */
        Instant: string;
        /** @description The cursor of the next page; null on the last. */
        NextCursor: string | null;
        /** Format: uuid */
        Uuid: string;
        ProblemError: {
            /** @description JSON pointer into the body, or */
            pointer?: string;
            code: string;
            detail: string;
            /** @description The parameters of the detail, such as a limit and the value observed. */
            params?: {
                [key: string]: string;
            };
        };
        /** @description RFC 9457 problem document; the codes are those of openapi/problems.yaml. */
        Problem: {
            /** Format: uri */
            type: string;
            title: string;
            status: number;
            detail: string;
            instance: string;
            code: string;
            traceId: string;
            errors?: components["schemas"]["ProblemError"][];
        };
    };
    responses: {
        /** @description The request was refused, or failed; `code` says why. */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description The greatest number of items in the answer. */
        Limit: number;
        /** @description The nextCursor of the page before; opaque and signed. */
        Cursor: string;
        /** @description Chosen by the caller; the same key with the same request gets the first answer again, with another request the problem idempotency-key-reused. Kept for seven days. */
        IdempotencyKey: string;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getMarketView: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The view. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MarketView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listTakenObjects: {
        parameters: {
            query?: {
                verdict?: "ACCEPTED" | "REJECTED";
                /** @description The greatest number of items in the answer. */
                limit?: components["parameters"]["Limit"];
                /** @description The nextCursor of the page before; opaque and signed. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TakenObjectPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getTakenObject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                objectId: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The object. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listResults: {
        parameters: {
            query: {
                fromSequence: components["schemas"]["Place"];
                toSequence: components["schemas"]["Place"];
                /** @description The greatest number of items in the answer. */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                lane: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description In order; a packet without a verdict is left out. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResultPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listEvidence: {
        parameters: {
            query?: {
                /** @description The greatest number of items in the answer. */
                limit?: components["parameters"]["Limit"];
                /** @description The nextCursor of the page before; opaque and signed. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EvidencePage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    unfreezeMarket: {
        parameters: {
            query?: never;
            header: {
                /** @description Chosen by the caller; the same key with the same request gets the first answer again, with another request the problem idempotency-key-reused. Kept for seven days. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Unfreezing"];
            };
        };
        responses: {
            /** @description The market goes on. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MarketView"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
}
