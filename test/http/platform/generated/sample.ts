// Generated from test/http/platform/sample.yaml by `npm run generate`; do not edit.

export interface paths {
    "/v1/notes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listNotes"];
        put?: never;
        post: operations["writeNote"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notes/{noteId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                noteId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        get: operations["getNote"];
        put: operations["changeNote"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["uploadFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notice": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getNotice"];
        put?: never;
        post?: never;
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
        NoteToWrite: {
            title: string;
            quantity: components["schemas"]["PositiveShareQuantity"];
            amount?: components["schemas"]["Fen"];
            /** @enum {string} */
            nature?: "plain" | "urgent";
            anything?: unknown;
        };
        Note: {
            id: components["schemas"]["Uuid"];
            title: string;
            quantity: components["schemas"]["ShareQuantity"];
            writtenBy: string;
            writtenAt: components["schemas"]["Instant"];
        };
        NotePage: {
            items: components["schemas"]["Note"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        StoredFile: {
            bytes: number;
        };
        Notice: {
            text: string;
        };
        /**
         * Format: share-quantity
         * @description Whole shares, 1 to 2^53 - 1, as a decimal string.
         */
        PositiveShareQuantity: string;
        /**
         * Format: fen
         * @description Money in fen (分), 0 to 10^15 - 1, as a decimal string.
         */
        Fen: string;
        /** Format: uuid */
        Uuid: string;
        /**
         * Format: share-quantity
         * @description Whole shares, 0 to 2^53 - 1, as a decimal string.
         */
        ShareQuantity: string;
        /**
         * Format: date-time
         * @description A moment in UTC with milliseconds.
         */
        Instant: string;
        /** @description The cursor of the next page; null on the last. */
        NextCursor: string | null;
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
        /** @description The ETag of the version that the request is based on. */
        IfMatch: string;
    };
    requestBodies: never;
    headers: {
        /** @description The version of the resource, for If-Match. */
        ETag: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listNotes: {
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
            /** @description A page of notes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotePage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    writeNote: {
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
                "application/json": components["schemas"]["NoteToWrite"];
            };
        };
        responses: {
            /** @description Written. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Note"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getNote: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                noteId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The note. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Note"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    changeNote: {
        parameters: {
            query?: never;
            header: {
                /** @description Chosen by the caller; the same key with the same request gets the first answer again, with another request the problem idempotency-key-reused. Kept for seven days. */
                "Idempotency-Key": components["parameters"]["IdempotencyKey"];
                /** @description The ETag of the version that the request is based on. */
                "If-Match": components["parameters"]["IfMatch"];
            };
            path: {
                noteId: components["schemas"]["Uuid"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NoteToWrite"];
            };
        };
        responses: {
            /** @description Changed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Note"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    uploadFile: {
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
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description Stored. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoredFile"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getNotice: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description For everybody. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Notice"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
}
